"""How the deployment is doing, as the person who runs it wants to see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.domain.assessment import AssessmentStatus
from shared.domain.degraded import DegradedReason
from shared.domain.job import JobKind
from shared.domain.webhook import DisabledReason
from shared.domain.webhook_delivery import DeliveryStatus

RECENT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """Numbers of messages, approximate as those of the queue service are."""

    waiting: int
    in_flight: int
    """Received and not yet deleted."""
    delayed: int
    oldest_seconds: int | None
    """Age of the oldest message; None when there is none, or nobody measured it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    name: str
    queue: QueueDepth
    dead_letters: QueueDepth


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """Dead letters that went back to their queue; and those that are left, None if not known."""

    queue: str
    moved: int
    waiting: int | None
    in_flight: int | None
    """Received by somebody else at the moment, and to be had again within a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedAssessments:
    """Those completed lately; seconds from submission to completion."""

    count: int
    p50_seconds: float | None
    """As the other without those that people read: days of reading say nothing of the engines."""
    p95_seconds: float | None
    read_by_people: int
    degraded: int
    degraded_by_reason: Mapping[DegradedReason, int]
    """Assessments with this reason; one with two reasons counts under both."""
    degraded_by_cause: Mapping[str, int]
    """The same by what brought it about: `timeout`, `circuit_open`, `over_budget`, …"""

    def share(self, degraded: int) -> float | None:
        return round(degraded / self.count, 4) if self.count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBacklog:
    """Assessments without a result, since people alone read their essays and are not done."""

    waiting: int
    oldest_at: datetime | None
    """When the one that has waited longest was submitted."""

    def oldest_seconds(self, now: datetime) -> float | None:
        return _age(self.oldest_at, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxBacklog:
    unsent: int
    oldest_at: datetime | None

    def oldest_seconds(self, now: datetime) -> float | None:
        return _age(self.oldest_at, now)


def _age(oldest_at: datetime | None, now: datetime) -> float | None:
    if oldest_at is None:
        return None
    return max(0.0, round((now - oldest_at).total_seconds(), 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookState:
    """Mappings leave out what there is none of."""

    enabled: int
    disabled: Mapping[DisabledReason, int]
    pending: int
    """Deliveries on their way, also those that wait for their turn or their next attempt."""
    finished: Mapping[DeliveryStatus, int]
    """Deliveries that ended lately, by how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkState:
    """What the database knows; mappings leave out what there is none of."""

    statuses: Mapping[AssessmentStatus, int]
    recent_statuses: Mapping[AssessmentStatus, int]
    """Of the assessments started lately, as they are now."""
    completed: CompletedAssessments
    failed_jobs: Mapping[JobKind, int]
    """Jobs that the fallback had to finish lately."""
    outbox: OutboxBacklog
    webhooks: WebhookState
    in_review: ReviewBacklog


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    at: datetime
    since: datetime
    """Where `lately` begins."""
    work: WorkState
    queues: Sequence[QueueState] | None
    """None when the queue service did not answer."""
