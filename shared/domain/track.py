"""A track: a role that one can be assessed for."""

from dataclasses import dataclass
from typing import Any, NewType

TrackId = NewType("TrackId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionMix:
    """How many questions of each type an assessment asks."""

    theoretical: int = 3
    essay: int = 3
    profile: int = 4

    @property
    def total(self) -> int:
        return self.theoretical + self.essay + self.profile


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackDomain:
    """A field of knowledge within a track; `weight` counts in the overall score."""

    id: str
    name: str
    weight: float
    skills: tuple[str, ...]
    strength: str
    improvement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    id: TrackId
    version: int
    name: str
    description: str
    skill_focus: tuple[str, ...]
    question_mix: QuestionMix
    estimated_minutes: int
    domains: tuple[TrackDomain, ...]
    active: bool = True

    def domain(self, domain_id: str) -> TrackDomain | None:
        return next((d for d in self.domains if d.id == domain_id), None)


def written_track(track: Track) -> dict[str, Any]:
    """Return the track by the names in which authors write it."""
    mix = track.question_mix
    return {
        "id": track.id,
        "name": track.name,
        "description": track.description,
        "skillFocus": list(track.skill_focus),
        "estimatedMinutes": track.estimated_minutes,
        "questionMix": {
            "theoretical": mix.theoretical,
            "essay": mix.essay,
            "profile": mix.profile,
        },
        "domains": [
            {
                "id": domain.id,
                "name": domain.name,
                "weight": domain.weight,
                "skills": list(domain.skills),
                "strength": domain.strength,
                "improvement": domain.improvement,
            }
            for domain in track.domains
        ],
    }
