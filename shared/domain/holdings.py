"""All that is held about a person, for them to have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.accommodations import AccommodationsVersion
from shared.domain.assessment import Assessment, Response, Snapshot
from shared.domain.audit import AuditEntry
from shared.domain.consent import Consent
from shared.domain.essay import EssayScore, Usage
from shared.domain.event import Event
from shared.domain.feedback import Feedback
from shared.domain.job import Job
from shared.domain.question import QuestionId
from shared.domain.recommendation import Recommendation
from shared.domain.scoring import Profile, RuleScore
from shared.domain.session import Session
from shared.domain.user import User
from shared.domain.verdict import ItemVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """An Idempotency-Key that is remembered, and what it was bound to."""

    scope: str
    operation: str
    key: str
    resource_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One call of a model and what it cost."""

    purpose: str
    model: str
    usage: Usage
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAssessment:
    assessment: Assessment
    consents: tuple[Consent, ...]
    """Every decision on AI scoring, oldest first."""
    snapshots: tuple[Snapshot, ...]
    responses: Mapping[QuestionId, Response]
    rule_scores: tuple[RuleScore, ...]
    essay_scores: tuple[EssayScore, ...]
    """Every scoring event, not only those that count."""
    profile: Profile | None
    recommendation: Recommendation | None
    feedback: tuple[Feedback, ...]
    """What others said of the recommendation."""
    verdicts: tuple[ItemVerdict, ...]
    """What staff decided on its items, replaced or not."""
    jobs: tuple[Job, ...]
    prompts: tuple[Prompt, ...]
    audit: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    user: User
    sessions: tuple[Session, ...]
    keys: tuple[KeptKey, ...]
    events: tuple[Event, ...]
    accommodations: tuple[AccommodationsVersion, ...]
    feedback: tuple[Feedback, ...]
    """What the user said of recommendations, their own and others'."""
    verdicts: tuple[ItemVerdict, ...]
    """What the user decided on others' recommendations."""
    audit: tuple[AuditEntry, ...]
    assessments: tuple[HeldAssessment, ...]
    """One page, newest first."""
    next_cursor: str | None
