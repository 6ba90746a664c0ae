from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_storable
from shared.adapters.postgres.review_condition import wants_review
from shared.adapters.postgres.statements import insert_many
from shared.adapters.postgres.tables import assessments, essay_scores, metric_snapshots
from shared.domain.assessment import AssessmentStatus
from shared.domain.consent import AiScoring
from shared.domain.period import Period
from shared.domain.track import TrackId
from shared.domain.trends import Figures, Granularity, MetricSnapshot

_a = assessments.c
_m = metric_snapshots.c


class PostgresTrendRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def figures(self, period: Period) -> tuple[Figures, ...]:
        moved = _moved(period).c
        started, submitted, completed = (
            _within(time, period)
            for time in (moved.started_at, moved.submitted_at, moved.completed_at)
        )
        taking = _seconds(moved.submitted_at - moved.started_at) / 60
        scoring = _seconds(moved.completed_at - moved.submitted_at)
        # People take days where a pipeline takes seconds.
        by_engines = sa.and_(completed, moved.ai_scoring != AiScoring.DECLINED)
        count = sa.func.count
        query = sa.select(
            moved.track_id,
            count().filter(started).label("started"),
            count().filter(submitted).label("submitted"),
            count().filter(completed).label("completed"),
            count().filter(completed, moved.is_degraded).label("degraded"),
            count().filter(submitted, moved.status == AssessmentStatus.FAILED).label("failed"),
            _percentile(0.5, taking, submitted).label("median_minutes"),
            _percentile(0.5, scoring, by_engines).label("p50_seconds"),
            _percentile(0.95, scoring, by_engines).label("p95_seconds"),
        ).group_by(sa.func.grouping_sets(sa.tuple_(moved.track_id), sa.tuple_()))
        found = map(_to_figures, self._connection.execute(query))
        return tuple(sorted(found, key=lambda figures: figures.track_id or ""))

    def backlog(self) -> Mapping[TrackId, int]:
        doubtful = (
            sa.select(essay_scores.c.assessment_id)
            .where(wants_review())
            .cte("doubtful")
            # As the queue does: the partial index finds them.
            .prefix_with("MATERIALIZED")
        )
        query = (
            sa.select(_a.track_id, sa.func.count())
            .join_from(doubtful, assessments, _a.id == doubtful.c.assessment_id)
            .where(_a.status == AssessmentStatus.COMPLETED)
            .group_by(_a.track_id)
        )
        return {TrackId(track): n for track, n in self._connection.execute(query)}

    def replace(
        self, granularity: Granularity, start: date, snapshots: Sequence[MetricSnapshot]
    ) -> None:
        of_period = sa.and_(_m.granularity == granularity, _m.start == start)
        self._connection.execute(
            sa.delete(metric_snapshots).where(of_period, _m.is_final.is_(False))
        )
        statement = insert(metric_snapshots).on_conflict_do_nothing(
            index_elements=["granularity", "start", "track_id"]
        )
        insert_many(self._connection, statement, [_from_snapshot(s) for s in snapshots])

    def final_starts(self, granularity: Granularity, *, since: date) -> frozenset[date]:
        query = sa.select(_m.start).where(
            _m.granularity == granularity,
            _m.start >= since,
            _m.track_id.is_(None),
            _m.is_final.is_(True),
        )
        return frozenset(self._connection.scalars(query))

    def between(
        self, granularity: Granularity, first: date, last: date, *, track_id: TrackId | None
    ) -> tuple[MetricSnapshot, ...]:
        if track_id is not None and not is_storable(track_id):
            return ()
        is_wanted = _m.track_id.is_(None) if track_id is None else _m.track_id == track_id
        query = sa.select(metric_snapshots).where(
            _m.granularity == granularity, _m.start >= first, _m.start <= last, is_wanted
        )
        rows = self._connection.execute(query.order_by(_m.start))
        return tuple(map(_to_snapshot, rows))


def _moved(period: Period) -> sa.CTE:
    """The assessments to which something happened in the period.

    Materialized, so that the three indexes by time find them: PostgreSQL might read all by track.
    """
    times = (_a.started_at, _a.submitted_at, _a.completed_at)
    is_degraded = sa.func.jsonb_array_length(_a.degradations) > 0
    query = sa.select(
        _a.track_id, _a.status, _a.ai_scoring, *times, is_degraded.label("is_degraded")
    )
    query = query.where(sa.or_(*(_within(time, period) for time in times)))
    return query.cte("moved").prefix_with("MATERIALIZED")


def _within(time: sa.ColumnElement[Any], period: Period) -> sa.ColumnElement[bool]:
    return sa.and_(time >= period.since, time < period.until)


def _seconds(span: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    return sa.cast(sa.extract("epoch", span), sa.Double)


def _percentile(
    share: float, value: sa.ColumnElement[float], criterion: sa.ColumnElement[bool]
) -> sa.ColumnElement[float]:
    return sa.func.percentile_cont(share).within_group(value).filter(criterion)


def _to_figures(row: Any) -> Figures:
    return Figures(
        track_id=None if row.track_id is None else TrackId(row.track_id),
        started=row.started,
        submitted=row.submitted,
        completed=row.completed,
        degraded=row.degraded,
        failed=row.failed,
        median_minutes=row.median_minutes,
        p50_seconds=row.p50_seconds,
        p95_seconds=row.p95_seconds,
    )


def _from_snapshot(snapshot: MetricSnapshot) -> dict[str, Any]:
    figures = snapshot.figures
    return {
        "granularity": snapshot.granularity,
        "start": snapshot.start,
        "track_id": figures.track_id,
        "started": figures.started,
        "submitted": figures.submitted,
        "completed": figures.completed,
        "degraded": figures.degraded,
        "failed": figures.failed,
        "median_minutes": figures.median_minutes,
        "p50_seconds": figures.p50_seconds,
        "p95_seconds": figures.p95_seconds,
        "prompts": snapshot.prompts,
        "prompt_tokens": snapshot.prompt_tokens,
        "completion_tokens": snapshot.completion_tokens,
        "cost": snapshot.cost,
        "reviews_waiting": snapshot.reviews_waiting,
        "taken_at": snapshot.taken_at,
        "is_final": snapshot.is_final,
    }


def _to_snapshot(row: Any) -> MetricSnapshot:
    return MetricSnapshot(
        granularity=Granularity(row.granularity),
        start=row.start,
        figures=_to_figures(row),
        prompts=row.prompts,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cost=row.cost,
        reviews_waiting=row.reviews_waiting,
        taken_at=row.taken_at,
    )
