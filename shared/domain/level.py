"""How far along: of a student, a question or a credential."""

from enum import StrEnum


class Level(StrEnum):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"

    @property
    def rank(self) -> int:
        """0 for beginner, 2 for advanced."""
        return list(Level).index(self)

    def distance(self, other: "Level") -> int:
        return abs(self.rank - other.rank)
