"""What a warehouse is told of assessments: ids of things, marks and counts, and nobody's (ADR 20).

The fields are the documented schemas (`docs/events/`, generated from here): names and docstrings
are public. A field may be added, with a default for what the outbox still holds; one that is
changed or removed needs a new `SCHEMA_VERSION`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from shared.domain.assessment import AssessmentId
from shared.domain.degraded import DegradedReason
from shared.domain.event import EventId
from shared.domain.feedback import FeedbackId
from shared.domain.level import Level
from shared.domain.question import QuestionId, QuestionType
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.domain.scoring import Band, DomainScore
from shared.domain.track import TrackId
from shared.domain.user import Role

SCHEMA_VERSION: Final = 1
"""Counts up with changes that break a reader."""


class FactType(StrEnum):
    STARTED = "assessment.started"
    ANSWERED = "assessment.answered"
    SUBMITTED = "assessment.submitted"
    COMPLETED = "assessment.completed"
    FEEDBACK = "recommendation.feedback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An assessment began, and its questions are fixed."""

    track_id: TrackId
    """The role track, a slug."""
    track_version: int
    """The track's version that chose the questions."""
    experience_level: Level
    """What the student says of themselves."""
    question_count: int
    """How many questions are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question has an answer for the first time; what it is, or becomes, is not told."""

    track_id: TrackId
    """The role track, a slug."""
    question_id: QuestionId
    """The question, which many assessments may ask."""
    question_version: int
    """The version of the question that was asked."""
    question_type: QuestionType
    """How it is answered."""
    domain: str
    """The knowledge domain that the question belongs to."""
    position: int
    """Where it stands in the assessment, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The responses are locked and go to be scored."""

    track_id: TrackId
    """The role track, a slug."""
    question_count: int
    """How many questions were asked."""
    answered_count: int
    """How many of them have an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """Profile and recommendation are there, as they were first; corrections are not told."""

    track_id: TrackId
    """The role track, a slug."""
    overall_score: int
    """0 to 100."""
    band: Band
    """The band that the overall score falls into."""
    confidence: float
    """0 to 1: how sure the scoring is of the overall score."""
    domains: tuple[DomainScore, ...]
    """The marks by knowledge domain."""
    degraded_reasons: tuple[DegradedReason, ...]
    """Which fallbacks were used, in alphabetical order; none where all went as it should."""
    processing_ms: int
    """From submission to completion, in milliseconds."""
    recommendation_id: RecommendationId
    """What feedback refers to."""
    credential_ids: tuple[CredentialId, ...]
    """The recommended micro-credentials, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackGiven:
    """Somebody gave feedback on a recommendation or on one item of it."""

    track_id: TrackId
    """The role track, a slug."""
    feedback_id: FeedbackId
    """This feedback."""
    replaces_feedback_id: FeedbackId | None
    """The earlier feedback of the same person on the same, which counts no more; null for none."""
    recommendation_id: RecommendationId
    """The recommendation that it is about."""
    credential_id: CredentialId | None
    """The item that it is about; null for the recommendation as a whole."""
    role: Role
    """What its author is: the student, or an advisor."""
    relevance: int
    """1 to 5: does it speak to what the student lacks and wants?"""
    fit: int
    """1 to 5: does it suit their level, time and plans?"""
    accepted: bool | None
    """Whether they would take it up; null where they do not say."""


Fact = Started | Answered | Submitted | Completed | FeedbackGiven

SHAPES: Final[Mapping[FactType, type[Fact]]] = {
    FactType.STARTED: Started,
    FactType.ANSWERED: Answered,
    FactType.SUBMITTED: Submitted,
    FactType.COMPLETED: Completed,
    FactType.FEEDBACK: FeedbackGiven,
}
_TYPES: Final = {shape: name for name, shape in SHAPES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsEvent:
    """`sequence` counts up per assessment without gaps."""

    id: EventId
    assessment_id: AssessmentId
    sequence: int
    occurred_at: datetime
    fact: Fact

    @property
    def type(self) -> FactType:
        return type_of(self.fact)


def type_of(fact: Fact) -> FactType:
    return _TYPES[type(fact)]


def answered_id(assessment_id: AssessmentId, question_id: QuestionId) -> EventId:
    """Return the id of the one event that tells of this answer, however often it is cleared."""
    return EventId(str(uuid5(UUID(assessment_id), question_id)))
