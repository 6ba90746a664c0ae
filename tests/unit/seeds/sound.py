"""Seeds that no check has anything against, to put one flaw into.

Two tracks with full pools and a catalog of two hundred, in made-up words of six letters: no two
texts share one unless a test makes them.
"""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from shared.adapters.seed_files.models import (
    CredentialsFile,
    EssayFile,
    ProfileFile,
    SkillsFile,
    TheoreticalFile,
    TrackFile,
)
from shared.adapters.seed_files.rules import CredentialFile, TrackFolder
from shared.adapters.seed_files.source import SeedEntries
from tests.unit.seeds.small import Files

BACKEND: Final = "tracks/backend-engineer"
DATA: Final = "tracks/data-analyst"
CREDENTIALS: Final = "credentials/all.yaml"
LEVELS: Final = ("beginner", "intermediate", "advanced")
CONSONANTS: Final = "bdfgklmnprstvz"
VOWELS: Final = "aiou"


def _made_up_words() -> Iterator[str]:
    syllables = [c + v for c in CONSONANTS for v in VOWELS]
    number = len(syllables)
    for n in count(1):
        m = n * 7919 % number**3
        yield syllables[m % number] + syllables[m // number % number] + syllables[m // number**2]


class _Author:
    def __init__(self) -> None:
        self._words = _made_up_words()

    def words(self, number: int) -> str:
        return " ".join(next(self._words) for _ in range(number))

    def track(self, id: str, prefix: str) -> Files:
        domains = [f"{prefix}.one", f"{prefix}.two"]
        name = f"tracks/{id}"
        return {
            f"{name}/track.yaml": {
                "id": id,
                "name": self.words(2),
                "description": self.words(8),
                "skillFocus": ["sql", "git"],
                "estimatedMinutes": 15,
                "questionMix": {"theoretical": 3, "essay": 3, "profile": 4},
                "domains": [
                    {
                        "id": domain,
                        "name": self.words(1),
                        "weight": 1,
                        "skills": ["sql"],
                        "strength": self.words(3),
                        "improvement": self.words(3),
                    }
                    for domain in domains
                ],
            },
            f"{name}/theoretical.yaml": {
                "questions": [self.theoretical(f"{prefix}-t-{n}", n, domains) for n in range(18)]
            },
            f"{name}/essay.yaml": {
                "questions": [self.essay(f"{prefix}-e-{n}", n, domains) for n in range(9)]
            },
            f"{name}/profile.yaml": {
                "questions": [self.profile(f"{prefix}-p-{n}") for n in range(8)]
            },
        }

    def theoretical(self, id: str, number: int, domains: list[str]) -> dict[str, Any]:
        """Write a single choice; the keys of a pool take turns at the four positions."""
        return {
            "id": id,
            "domain": domains[number % 2],
            "level": LEVELS[number % 3],
            "skills": ["sql"],
            "prompt": f"Which {self.words(4)}?",
            "options": [
                {
                    "id": letter,
                    "text": self.words(3),
                    "correct": place == number % 4,
                    "explanation": self.words(4),
                }
                for place, letter in enumerate("abcd")
            ],
        }

    def essay(self, id: str, number: int, domains: list[str]) -> dict[str, Any]:
        points = [self.words(5) for _ in range(4)]
        return {
            "id": id,
            "domain": domains[number % 2],
            "level": LEVELS[number % 3],
            "skills": ["git"],
            "prompt": f"Explain {self.words(5)}.",
            "maxLength": 4000,
            "rubric": {
                "criteria": [
                    {
                        "name": name,
                        "weight": weight,
                        "levels": [
                            {"score": score, "description": self.words(6)} for score in (2, 5, 8)
                        ],
                    }
                    for name, weight in (("accuracy", 0.5), ("clarity", 0.25), ("coherence", 0.25))
                ],
                "keyPoints": [
                    {
                        "id": f"k{n}",
                        "text": text,
                        "weight": 1,
                        "terms": [[text.split()[0], self.words(1)], [text.split()[1]]],
                    }
                    for n, text in enumerate(points)
                ],
                "referenceAnswer": " ".join(f"{text.capitalize()}." for text in points),
            },
        }

    def profile(self, id: str) -> dict[str, Any]:
        return {
            "id": id,
            "domain": "goals",
            "level": "beginner",
            "prompt": f"What {self.words(4)}?",
            "options": [
                {"id": "a", "text": self.words(3), "interests": ["sql"]},
                {"id": "b", "text": self.words(3)},
            ],
        }

    def credential(self, number: int) -> dict[str, Any]:
        return {
            "id": f"c-{number}",
            "title": self.words(3),
            "provider": f"Provider {number % 20}",
            "url": f"https://learn.provider.org/{number}",
            "level": LEVELS[number % 3],
            "hours": 20,
            "format": "course",
            "skills": ["sql", "git"],
            "tracks": ["backend-engineer", "data-analyst"],
            "description": self.words(30),
            "outcomes": [f"Build {self.words(3)}"],
            "source": "provider page",
        }


def sound_seeds() -> Files:
    author = _Author()
    return {
        "skills.yaml": {
            "skills": [
                {"id": "sql", "name": "SQL", "group": "data"},
                {"id": "git", "name": "Git", "group": "tools"},
            ]
        },
        **author.track("backend-engineer", "be"),
        **author.track("data-analyst", "da"),
        CREDENTIALS: {"credentials": [author.credential(n) for n in range(200)]},
    }


def as_json(files: Files) -> Files:
    """Return the files as bytes: JSON is YAML, and is written in a fraction of the time."""
    return {name: json.dumps(content).encode() for name, content in files.items()}


def entries_of(files: Files) -> SeedEntries:
    """Read the files without a folder."""
    skills = SkillsFile.model_validate(files["skills.yaml"])
    return SeedEntries(
        skills=[skill.id for skill in skills.skills],
        tracks=[
            TrackFolder(
                name=name,
                track=TrackFile.model_validate(files[f"{name}/track.yaml"]),
                theoretical=TheoreticalFile.model_validate(
                    files[f"{name}/theoretical.yaml"]
                ).questions,
                essay=EssayFile.model_validate(files[f"{name}/essay.yaml"]).questions,
                profile=ProfileFile.model_validate(files[f"{name}/profile.yaml"]).questions,
            )
            for name in (BACKEND, DATA)
        ],
        catalog=[
            CredentialFile(
                name=CREDENTIALS,
                credentials=CredentialsFile.model_validate(files[CREDENTIALS]).credentials,
            )
        ],
        faults=(),
    )
