from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from shared.domain.assessment import AssessmentStatus
from shared.domain.job import JobStatus
from shared.domain.operations import (
    CompletedAssessments,
    OutboxBacklog,
    ReviewBacklog,
    WebhookState,
    WorkState,
)
from tests.fakes.store.state import State


class FakeOperationsRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def work(self, *, now: datetime, since: datetime) -> WorkState:
        assessments = self._state.assessments.values()
        waiting = [a for a in assessments if a.status is AssessmentStatus.IN_REVIEW]
        unsent = [e for e in self._state.outbox.values() if e.id not in self._state.sent]
        return WorkState(
            statuses=Counter(a.status_at(now) for a in assessments),
            recent_statuses=Counter(a.status_at(now) for a in assessments if a.started_at >= since),
            completed=self._completed(since),
            failed_jobs=Counter(
                job.kind
                for job in self._state.jobs.values()
                if job.status is JobStatus.FELL_BACK
                and job.finished_at
                and job.finished_at >= since
            ),
            outbox=OutboxBacklog(
                unsent=len(unsent), oldest_at=min((e.occurred_at for e in unsent), default=None)
            ),
            webhooks=self._webhooks(since),
            in_review=ReviewBacklog(
                waiting=len(waiting),
                oldest_at=min((a.submitted_at for a in waiting if a.submitted_at), default=None),
            ),
        )

    def _webhooks(self, since: datetime) -> WebhookState:
        webhooks = self._state.webhooks.values()
        deliveries = self._state.deliveries.values()
        return WebhookState(
            enabled=sum(w.is_enabled for w in webhooks),
            disabled=Counter(w.disabled for w in webhooks if w.disabled),
            pending=sum(d.is_pending for d in deliveries),
            finished=Counter(
                d.status for d in deliveries if d.finished_at and d.finished_at >= since
            ),
        )

    def _completed(self, since: datetime) -> CompletedAssessments:
        completed = [
            a
            for a in self._state.assessments.values()
            if a.completed_at and a.completed_at >= since
        ]
        seconds = sorted(
            (a.completed_at - a.submitted_at).total_seconds()
            for a in completed
            if a.completed_at and a.submitted_at and not a.is_read_by_people
        )
        return CompletedAssessments(
            count=len(completed),
            p50_seconds=percentile(seconds, 0.5),
            p95_seconds=percentile(seconds, 0.95),
            read_by_people=sum(a.is_read_by_people for a in completed),
            degraded=sum(bool(a.degradations) for a in completed),
            degraded_by_reason=Counter(
                reason for a in completed for reason in {d.reason for d in a.degradations}
            ),
            degraded_by_cause=Counter(
                cause for a in completed for cause in {d.cause for d in a.degradations}
            ),
        )


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Between the two nearest, as PostgreSQL's `percentile_cont`."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
