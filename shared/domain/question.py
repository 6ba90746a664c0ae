"""Questions and their rubrics, as a version fixes them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from shared.domain.level import Level

QuestionId = NewType("QuestionId", str)


class QuestionType(StrEnum):
    THEORETICAL = "theoretical"
    ESSAY = "essay"
    PROFILE = "profile"


class CriterionName(StrEnum):
    CLARITY = "clarity"
    ACCURACY = "accuracy"
    COHERENCE = "coherence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice; `correct` is None for profile questions, which have no key."""

    id: str
    text: str
    correct: bool | None = None
    explanation: str = ""
    interests: tuple[str, ...] = ()
    """Skills that choosing this points retrieval to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricLevel:
    score: float
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricCriterion:
    name: CriterionName
    weight: float
    levels: tuple[RubricLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPoint:
    """An idea that a full answer has; each group of `terms` is met by any of its wordings."""

    id: str
    text: str
    weight: float
    terms: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """What an essay is marked by; never edited after use: `hash` (SHA-256, hex) names it."""

    criteria: tuple[RubricCriterion, ...]
    key_points: tuple[KeyPoint, ...]
    reference_answer: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One version of a question. `version` counts up from 1; `slug` is its id in the seeds."""

    id: QuestionId
    version: int
    slug: str
    track_id: str
    type: QuestionType
    domain: str
    level: Level
    prompt: str
    skills: tuple[str, ...] = ()
    weight: float = 1.0
    options: tuple[Option, ...] = ()
    multiple: bool = False
    free_text: bool = False
    time_limit_seconds: int | None = None
    max_length: int | None = None
    rubric: Rubric | None = None

    @property
    def correct_options(self) -> frozenset[str]:
        return frozenset(o.id for o in self.options if o.correct)

    @property
    def takes_text(self) -> bool:
        return self.type is QuestionType.ESSAY or self.free_text
