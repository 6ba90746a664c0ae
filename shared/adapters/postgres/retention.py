from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from shared.adapters.postgres import assessment_rows
from shared.adapters.postgres.audit import LOCK
from shared.adapters.postgres.tables import (
    assessments,
    async_jobs,
    audit_anchors,
    audit_logs,
    idempotency_keys,
    outbox_events,
    sessions,
    users,
)
from shared.domain.assessment import Assessment, AssessmentStatus
from shared.domain.retention import Cutoffs

Condition = sa.ColumnElement[bool]


class PostgresRetentionRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def count(self, cutoffs: Cutoffs) -> Mapping[str, int]:
        conditions = _too_old(cutoffs) | {
            assessments: _is_old_assessment(cutoffs),
            audit_logs: audit_logs.c.number <= self._last_old_row(cutoffs),
        }
        return {t.name: self._count(t, condition) for t, condition in conditions.items()}

    def lock_old_assessments(self, cutoffs: Cutoffs, *, limit: int) -> tuple[Assessment, ...]:
        query = (
            sa.select(assessments)
            .where(_is_old_assessment(cutoffs))
            .order_by(assessments.c.id)
            .limit(limit)
            .with_for_update(key_share=True, skip_locked=True)
        )
        return tuple(map(assessment_rows.to_assessment, self._connection.execute(query)))

    def remove_from_queues(self, cutoffs: Cutoffs, *, limit: int) -> Mapping[str, int]:
        return {
            table.name: self._remove(table, condition, limit)
            for table, condition in _too_old(cutoffs).items()
        }

    def remove_from_audit_log(self, cutoffs: Cutoffs, *, limit: int) -> int:
        # Nobody appends, and nobody else removes, until this transaction ends.
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        old = (
            sa.select(audit_logs.c.number, audit_logs.c.hash)
            .where(audit_logs.c.number <= self._last_old_row(cutoffs))
            .order_by(audit_logs.c.number)
            .limit(limit)
        )
        rows = self._connection.execute(old).all()
        if not rows:
            return 0
        anchor = {"number": rows[-1].number, "hash": rows[-1].hash}
        self._connection.execute(sa.insert(audit_anchors).values(anchor))
        remove = sa.delete(audit_logs).where(audit_logs.c.number <= anchor["number"])
        return self._connection.execute(remove).rowcount

    def _last_old_row(self, cutoffs: Cutoffs) -> int:
        """Return the number of the last row before the first that is too young; 0 for none."""
        a = audit_logs.c
        first_kept = self._connection.scalar(
            sa.select(sa.func.min(a.number)).where(a.at >= cutoffs.audit)
        )
        if first_kept is not None:
            return int(first_kept) - 1
        return int(self._connection.scalar(sa.select(sa.func.max(a.number))) or 0)

    def _count(self, table: sa.Table, condition: Condition) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(condition)
        return int(self._connection.execute(query).scalar_one())

    def _remove(self, table: sa.Table, condition: Condition, limit: int) -> int:
        key: sa.ColumnElement[Any] = sa.tuple_(*table.primary_key)
        chosen = sa.select(*table.primary_key).where(condition).limit(limit)
        return self._connection.execute(sa.delete(table).where(key.in_(chosen))).rowcount


def _is_old_assessment(cutoffs: Cutoffs) -> Condition:
    somebody = sa.select(users.c.id).where(users.c.erased.is_(False))
    is_old = assessments.c.started_at < cutoffs.assessments
    return sa.and_(is_old, assessments.c.student_id.in_(somebody))


def _too_old(cutoffs: Cutoffs) -> dict[sa.Table, Condition]:
    before = cutoffs.queues
    done_with = sa.select(assessments.c.id).where(
        assessments.c.submitted_at < before, assessments.c.status != AssessmentStatus.SCORING
    )
    return {
        async_jobs: async_jobs.c.assessment_id.in_(done_with),
        idempotency_keys: idempotency_keys.c.created_at < before,
        outbox_events: sa.and_(
            outbox_events.c.sent_at.is_not(None), outbox_events.c.sent_at < before
        ),
        sessions: sa.or_(sessions.c.expires_at < before, sessions.c.revoked_at < before),
    }
