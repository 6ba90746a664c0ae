from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_id, is_storable, must_be_id
from shared.adapters.postgres.payload import from_payload, to_payload
from shared.adapters.postgres.tables import assessments, essay_scores, rescore_items, rescores
from shared.adapters.postgres.tables.assessments import HAS_FALLBACK
from shared.adapters.postgres.tables.scores import BY_ENGINE
from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.rescore import (
    ItemStatus,
    Movement,
    Rescore,
    RescoreCounts,
    RescoredAssessment,
    RescoreId,
    RescoreItem,
    RescoreScope,
    Shown,
)

_a = assessments.c
_i = rescore_items.c
_r = rescores.c

# Literal, so that the partial indexes fit.
IS_PENDING: Final = _i.status == sa.literal_column(f"'{ItemStatus.PENDING}'")
SHOWN: Final = {
    Shown.MOVED: _i.movement.in_((Movement.RAISED, Movement.LOWERED)),
    Shown.CROSSED_BAND: _i.crosses_band,
    Shown.FAILED: _i.status == ItemStatus.FAILED,
}


class PostgresRescoreRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, rescore: Rescore) -> int:
        """Two statements, however many assessments there are."""
        selected = _selected(rescore)
        if selected is None:
            return 0
        statement = insert(rescores).values(_from_rescore(rescore)).on_conflict_do_nothing()
        if self._connection.execute(statement).rowcount == 0:
            return 0
        count = self._connection.execute(
            sa.insert(rescore_items).from_select(list(selected.selected_columns.keys()), selected)
        ).rowcount
        if count == 0:
            self._connection.execute(sa.delete(rescores).where(_r.id == rescore.id))
        return count

    def get(self, rescore_id: RescoreId) -> Rescore:
        must_be_id(rescore_id, "rescore")
        query = sa.select(rescores).where(_r.id == rescore_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"no rescore {rescore_id}")
        return _to_rescore(row)

    def counts(self, rescore_id: RescoreId) -> RescoreCounts:
        must_be_id(rescore_id, "rescore")

        def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
            return sa.func.count().filter(condition)

        query = sa.select(
            sa.func.count().label("total"),
            *(count(_i.status == status).label(status) for status in ItemStatus),
            *(count(_i.movement == movement).label(movement) for movement in Movement),
            count(_i.crosses_band).label("crossed_band"),
            sa.func.coalesce(sa.func.sum(_i.withheld), 0).label("withheld"),
        ).where(_i.rescore_id == rescore_id)
        row = self._connection.execute(query).one()
        return RescoreCounts(
            total=row.total,
            pending=row.pending,
            done=row.done,
            failed=row.failed,
            raised=row.raised,
            lowered=row.lowered,
            unchanged=row.unchanged,
            crossed_band=row.crossed_band,
            withheld=row.withheld,
        )

    def items(
        self, rescore_id: RescoreId, *, shown: Shown, limit: int, after: AssessmentId | None
    ) -> tuple[RescoreItem, ...]:
        must_be_id(rescore_id, "rescore")
        query = sa.select(rescore_items).where(_i.rescore_id == rescore_id)
        if shown in SHOWN:
            query = query.where(SHOWN[shown])
        if after is not None:
            if not is_id(after):
                raise InvalidInputError("the cursor is not one that this list gave")
            query = query.where(_i.assessment_id > after)
        query = query.order_by(_i.assessment_id).limit(limit)
        return tuple(map(_to_item, self._connection.execute(query)))

    def claim(self, *, now: datetime, lease: timedelta) -> RescoreItem | None:
        next_one = (
            sa.select(_i.rescore_id, _i.assessment_id)
            .where(IS_PENDING, _i.not_before <= now)
            .order_by(_i.position, _i.not_before, _i.rescore_id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .cte("next_one")
            .prefix_with("MATERIALIZED")  # or it may be asked again, and lock a second row
        )
        statement = (
            sa.update(rescore_items)
            .where(
                _i.rescore_id == next_one.c.rescore_id,
                _i.assessment_id == next_one.c.assessment_id,
            )
            .values(attempt=_i.attempt + 1, not_before=now + lease)
            .returning(rescore_items)
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else _to_item(row)

    def settle(self, item: RescoreItem) -> bool:
        statement = (
            sa.update(rescore_items)
            .where(
                _i.rescore_id == item.rescore_id,
                _i.assessment_id == item.assessment_id,
                _i.attempt == item.attempt,
                IS_PENDING,
            )
            .values(_changes_of(item))
        )
        return self._connection.execute(statement).rowcount == 1

    def finish(self, *, now: datetime) -> tuple[Rescore, ...]:
        has_pending = sa.exists().where(_i.rescore_id == _r.id, IS_PENDING)
        statement = (
            sa.update(rescores)
            .where(_r.finished_at.is_(None), ~has_pending)
            .values(finished_at=now)
            .returning(rescores)
        )
        return tuple(map(_to_rescore, self._connection.execute(statement)))

    def unhealed(self, *, limit: int) -> tuple[AssessmentId, ...]:
        was_queued = sa.exists().where(
            _r.scope == sa.literal_column(f"'{RescoreScope.DEGRADED}'"),
            _r.subject == sa.cast(_a.id, sa.Text),
        )
        query = (
            sa.select(_a.id)
            .where(sa.literal_column(HAS_FALLBACK, sa.Boolean), ~was_queued)
            .order_by(_a.completed_at)
            .limit(limit)
        )
        return tuple(AssessmentId(found) for found in self._connection.scalars(query))


def _selected(rescore: Rescore) -> sa.Select[*tuple[Any, ...]] | None:
    """Return rows of the new items, or None for a subject that can be nobody's."""
    by_track = rescore.scope is RescoreScope.TRACK
    if not (is_storable(rescore.subject) if by_track else is_id(rescore.subject)):
        return None
    query: sa.Select[*tuple[Any, ...]] = sa.select(
        sa.literal(rescore.id, sa.Uuid(as_uuid=False)).label("rescore_id"),
        _a.id.label("assessment_id"),
        sa.func.row_number().over(order_by=_a.id).label("position"),
        sa.literal(ItemStatus.PENDING.value).label("status"),
        sa.literal(0).label("attempt"),
        sa.literal(0).label("failures"),
        sa.literal(rescore.requested_at, sa.DateTime(timezone=True)).label("not_before"),
    ).where(_a.status == AssessmentStatus.COMPLETED)
    if rescore.since is not None:
        query = query.where(_a.completed_at >= rescore.since)
    match rescore.scope:
        case RescoreScope.ASSESSMENT | RescoreScope.DEGRADED:
            return query.where(_a.id == rescore.subject)
        case RescoreScope.TRACK:
            return query.where(_a.track_id == rescore.subject)
        case RescoreScope.QUESTION:
            marked = sa.select(essay_scores.c.assessment_id).where(
                essay_scores.c.question_id == rescore.subject,
                sa.literal_column(BY_ENGINE, sa.Boolean()),
            )
            return query.where(_a.id.in_(marked))


def _from_rescore(rescore: Rescore) -> dict[str, Any]:
    return {
        "id": rescore.id,
        "scope": rescore.scope,
        "subject": rescore.subject,
        "since": rescore.since,
        "is_dry_run": rescore.is_dry_run,
        "may_lower": rescore.may_lower,
        "requested_by": rescore.requested_by,
        "requested_at": rescore.requested_at,
        "finished_at": rescore.finished_at,
    }


def _to_rescore(row: Any) -> Rescore:
    return Rescore(
        id=RescoreId(row.id),
        scope=RescoreScope(row.scope),
        subject=row.subject,
        since=row.since,
        is_dry_run=row.is_dry_run,
        may_lower=row.may_lower,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        finished_at=row.finished_at,
    )


def _changes_of(item: RescoreItem) -> dict[str, Any]:
    outcome = item.outcome
    return {
        "status": item.status,
        "failures": item.failures,
        "not_before": item.not_before,
        "movement": outcome and outcome.movement,
        "crosses_band": outcome and outcome.crosses_band,
        "withheld": outcome and outcome.withheld,
        "outcome": to_payload(RescoredAssessment | None, outcome),
        "error": item.error,
        "finished_at": item.finished_at,
    }


def _to_item(row: Any) -> RescoreItem:
    return RescoreItem(
        rescore_id=RescoreId(row.rescore_id),
        assessment_id=AssessmentId(row.assessment_id),
        status=ItemStatus(row.status),
        attempt=row.attempt,
        failures=row.failures,
        not_before=row.not_before,
        outcome=from_payload(RescoredAssessment | None, row.outcome),
        error=row.error,
        finished_at=row.finished_at,
    )
