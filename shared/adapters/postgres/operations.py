"""Counts over assessments, jobs and events, each by an index."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from shared.adapters.postgres.tables import (
    assessments,
    async_jobs,
    outbox_events,
    webhook_deliveries,
    webhook_endpoints,
)
from shared.domain.assessment import AssessmentStatus
from shared.domain.consent import AiScoring
from shared.domain.degraded import DegradedReason
from shared.domain.job import JobKind, JobStatus
from shared.domain.operations import (
    CompletedAssessments,
    OutboxBacklog,
    ReviewBacklog,
    WebhookState,
    WorkState,
)
from shared.domain.webhook import DisabledReason
from shared.domain.webhook_delivery import DeliveryStatus

_a = assessments.c
_j = async_jobs.c
_o = outbox_events.c
_d = webhook_deliveries.c
_w = webhook_endpoints.c


class PostgresOperationsRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def work(self, *, now: datetime, since: datetime) -> WorkState:
        return WorkState(
            statuses=self._statuses(now),
            recent_statuses=self._statuses(now, _a.started_at >= since),
            completed=self._completed(since),
            failed_jobs=self._failed_jobs(since),
            outbox=self._outbox(),
            webhooks=self._webhooks(since),
            in_review=self._in_review(),
        )

    def _statuses(
        self, now: datetime, *criteria: sa.ColumnElement[bool]
    ) -> dict[AssessmentStatus, int]:
        is_over = sa.and_(_a.status == AssessmentStatus.IN_PROGRESS, _a.expires_at <= now)
        status = sa.case((is_over, AssessmentStatus.EXPIRED.value), else_=_a.status).label("status")
        counted = sa.select(status, sa.func.count()).where(*criteria).group_by(sa.text("1"))
        return {AssessmentStatus(name): n for name, n in self._connection.execute(counted)}

    def _completed(self, since: datetime) -> CompletedAssessments:
        seconds = sa.cast(sa.extract("epoch", _a.completed_at - _a.submitted_at), sa.Double)
        is_degraded = sa.func.jsonb_array_length(_a.degradations) > 0
        is_read_by_people = _a.ai_scoring == AiScoring.DECLINED
        p50, p95 = (
            sa.func.percentile_cont(share).within_group(seconds).filter(~is_read_by_people)
            for share in (0.5, 0.95)
        )
        query = sa.select(
            sa.func.count().label("completed"),
            p50.label("p50"),
            p95.label("p95"),
            sa.func.count().filter(is_read_by_people).label("read_by_people"),
            sa.func.count().filter(is_degraded).label("degraded"),
        ).where(_a.completed_at >= since)
        row = self._connection.execute(query).one()
        return CompletedAssessments(
            count=row.completed,
            p50_seconds=row.p50,
            p95_seconds=row.p95,
            read_by_people=row.read_by_people,
            degraded=row.degraded,
            degraded_by_reason={
                DegradedReason(name): n for name, n in self._degraded_by("reason", since)
            },
            degraded_by_cause=dict(self._degraded_by("cause", since)),
        )

    def _degraded_by(self, key: str, since: datetime) -> list[tuple[str, int]]:
        each = sa.func.jsonb_array_elements(_a.degradations).table_valued(sa.column("value", JSONB))
        value: Any = each.c.value[key].astext
        query = (
            sa.select(value, sa.func.count(_a.id.distinct()))
            .join_from(assessments, each, sa.true())
            .where(_a.completed_at >= since)
        )
        rows = self._connection.execute(query.group_by(sa.text("1")))
        return [(name, n) for name, n in rows]

    def _failed_jobs(self, since: datetime) -> dict[JobKind, int]:
        query = (
            sa.select(_j.kind, sa.func.count())
            # All kinds, which are what the index begins with.
            .where(_j.kind.in_(list(JobKind)), _j.finished_at >= since)
            .where(_j.status == JobStatus.FELL_BACK)
            .group_by(_j.kind)
        )
        return {JobKind(name): n for name, n in self._connection.execute(query)}

    def _in_review(self) -> ReviewBacklog:
        # Literal, so that the partial index fits.
        is_in_review = _a.status == sa.literal_column(f"'{AssessmentStatus.IN_REVIEW}'")
        query = sa.select(sa.func.count(), sa.func.min(_a.submitted_at)).where(is_in_review)
        waiting, oldest_at = self._connection.execute(query).one()
        return ReviewBacklog(waiting=waiting, oldest_at=oldest_at)

    def _outbox(self) -> OutboxBacklog:
        query = sa.select(sa.func.count(), sa.func.min(_o.occurred_at)).where(_o.sent_at.is_(None))
        unsent, oldest_at = self._connection.execute(query).one()
        return OutboxBacklog(unsent=unsent, oldest_at=oldest_at)

    def _webhooks(self, since: datetime) -> WebhookState:
        by_reason = sa.select(_w.disabled, sa.func.count()).group_by(_w.disabled)
        webhooks = self._connection.execute(by_reason).all()
        is_pending = _d.status == DeliveryStatus.PENDING
        pending = sa.select(sa.func.count()).select_from(webhook_deliveries).where(is_pending)
        by_status = (
            sa.select(_d.status, sa.func.count())
            .where(_d.finished_at >= since, ~is_pending)
            .group_by(_d.status)
        )
        return WebhookState(
            enabled=sum(n for reason, n in webhooks if not reason),
            disabled={DisabledReason(reason): n for reason, n in webhooks if reason},
            pending=self._connection.scalar(pending) or 0,
            finished={DeliveryStatus(s): n for s, n in self._connection.execute(by_status)},
        )
