"""What a fake store holds. Values are immutable, so a copy of the containers is a snapshot."""

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from shared.domain.accommodations import AccommodationsVersion
from shared.domain.analytics import AnalyticsEvent
from shared.domain.assessment import Assessment, Response, Snapshot
from shared.domain.audit import AuditEntry
from shared.domain.catalog import CatalogEntry, CredentialVersion, Origin
from shared.domain.consent import Consent
from shared.domain.embedding_index import EmbeddingSet, Rebuild
from shared.domain.essay import EssayScore, Usage
from shared.domain.event import Event
from shared.domain.feedback import Feedback
from shared.domain.job import Job
from shared.domain.question import Question, QuestionId
from shared.domain.question_bank import QuestionVersion
from shared.domain.recommendation import Recommendation
from shared.domain.rescore import Rescore, RescoreItem
from shared.domain.review import Lease
from shared.domain.scoring import Profile, RuleScore
from shared.domain.session import Session
from shared.domain.track import Track
from shared.domain.track_catalog import TrackVersion
from shared.domain.trends import MetricSnapshot
from shared.domain.user import User
from shared.domain.verdict import ItemVerdict
from shared.domain.webhook import Webhook
from shared.domain.webhook_delivery import Attempt, Delivery
from shared.domain.webhook_message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEntry:
    id: QuestionId
    track_id: str
    active: bool
    version: int
    content_hash: str
    origin: Origin = Origin.SEEDS


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRun:
    run: int
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEntry:
    assessment_id: str
    purpose: str
    model: str
    usage: Usage
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    request_hash: str
    resource_id: str
    at: datetime


@dataclass(kw_only=True)
class State:
    users: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    accommodations: dict[tuple[str, int], AccommodationsVersion] = field(default_factory=dict)
    """By student and version."""
    tracks: dict[tuple[str, int], Track] = field(default_factory=dict)
    current_tracks: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Version and content hash by track id."""
    track_history: dict[tuple[str, int], TrackVersion] = field(default_factory=dict)
    questions: dict[str, QuestionEntry] = field(default_factory=dict)
    """By slug."""
    question_versions: dict[tuple[str, int], Question] = field(default_factory=dict)
    question_history: dict[tuple[str, int], QuestionVersion] = field(default_factory=dict)
    assessments: dict[str, Assessment] = field(default_factory=dict)
    consents: dict[str, tuple[Consent, ...]] = field(default_factory=dict)
    """Decisions on AI scoring, by assessment."""
    snapshots: dict[str, tuple[Snapshot, ...]] = field(default_factory=dict)
    responses: dict[tuple[str, str], Response] = field(default_factory=dict)
    """By assessment and question, as the scores are."""
    rule_scores: dict[tuple[str, str], RuleScore] = field(default_factory=dict)
    essay_scores: dict[tuple[str, str, int], EssayScore] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    runs: dict[str, PipelineRun] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    outbox: dict[str, Event] = field(default_factory=dict)
    facts: dict[str, AnalyticsEvent] = field(default_factory=dict)
    """In the outbox, for the analytics stream."""
    sent: dict[str, datetime] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    attempts: dict[str, tuple[Attempt, ...]] = field(default_factory=dict)
    """By delivery."""
    sequences: dict[str, int] = field(default_factory=dict)
    """The last number of each student, and of each assessment in the analytics stream."""
    credentials: dict[str, CatalogEntry] = field(default_factory=dict)
    """By slug."""
    credential_versions: dict[tuple[str, int], CredentialVersion] = field(default_factory=dict)
    embedding_sets: dict[str, EmbeddingSet] = field(default_factory=dict)
    embeddings: dict[tuple[int, str], tuple[str, tuple[float, ...]]] = field(default_factory=dict)
    """Hash of the text and vector, by slot and credential."""
    rebuilds: dict[str, Rebuild] = field(default_factory=dict)
    recommendations: dict[str, Recommendation] = field(default_factory=dict)
    """By assessment."""
    feedback: dict[str, Feedback] = field(default_factory=dict)
    verdicts: dict[str, ItemVerdict] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    """Of reviews, by essay score."""
    rescores: dict[str, Rescore] = field(default_factory=dict)
    rescore_items: dict[tuple[str, str], RescoreItem] = field(default_factory=dict)
    """By rescore and assessment."""
    metric_snapshots: dict[tuple[str, date, str | None], MetricSnapshot] = field(
        default_factory=dict
    )
    """By granularity, start and track."""
    usage: list[UsageEntry] = field(default_factory=list)
    bindings: dict[tuple[str, str, str], Binding] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    removed_entries: int = 0
    """How many of the audit log's first are gone."""

    def copy(self) -> "State":
        return replace(self, **{f.name: copy(getattr(self, f.name)) for f in fields(self)})


def as_stored(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the payload as a database gives it back: JSON, and nobody else's to change."""
    return json.loads(json.dumps(dict(payload)))
