from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from shared.domain.assessment import Assessment, AssessmentStatus
from shared.domain.period import Period
from shared.domain.track import TrackId
from shared.domain.trends import Figures, Granularity, MetricSnapshot
from tests.fakes.store.assessments import FakeAssessmentRepository
from tests.fakes.store.operations import percentile
from tests.fakes.store.state import State


class FakeTrendRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def figures(self, period: Period) -> tuple[Figures, ...]:
        moved = [
            a
            for a in self._state.assessments.values()
            if any(_within(t, period) for t in (a.started_at, a.submitted_at, a.completed_at))
        ]
        tracks = sorted({a.track_id for a in moved})
        return (
            _figures(None, moved, period),
            *(_figures(t, [a for a in moved if a.track_id == t], period) for t in tracks),
        )

    def backlog(self) -> Mapping[TrackId, int]:
        assessments = FakeAssessmentRepository(self._state)
        return Counter(
            assessment.track_id
            for assessment in self._state.assessments.values()
            if assessment.status is AssessmentStatus.COMPLETED
            for score in assessments.essay_scores(assessment.id)
            if score.needs_review
        )

    def replace(
        self, granularity: Granularity, start: date, snapshots: Sequence[MetricSnapshot]
    ) -> None:
        stored = self._state.metric_snapshots
        for key, snapshot in list(stored.items()):
            if key[:2] == (granularity, start) and not snapshot.is_final:
                del stored[key]
        for snapshot in snapshots:
            stored.setdefault(_key(snapshot), snapshot)

    def final_starts(self, granularity: Granularity, *, since: date) -> frozenset[date]:
        return frozenset(
            s.start
            for s in self._state.metric_snapshots.values()
            if s.granularity is granularity
            and s.start >= since
            and s.figures.track_id is None
            and s.is_final
        )

    def between(
        self, granularity: Granularity, first: date, last: date, *, track_id: TrackId | None
    ) -> tuple[MetricSnapshot, ...]:
        found = [
            s
            for s in self._state.metric_snapshots.values()
            if s.granularity is granularity
            and first <= s.start <= last
            and s.figures.track_id == track_id
        ]
        return tuple(sorted(found, key=lambda s: s.start))


def _key(snapshot: MetricSnapshot) -> tuple[str, date, str | None]:
    return snapshot.granularity, snapshot.start, snapshot.figures.track_id


def _within(moment: datetime | None, period: Period) -> bool:
    return moment is not None and period.since <= moment < period.until


def _figures(track_id: TrackId | None, moved: Iterable[Assessment], period: Period) -> Figures:
    moved = list(moved)
    submitted = [a for a in moved if _within(a.submitted_at, period)]
    completed = [a for a in moved if _within(a.completed_at, period)]
    taking = sorted(
        (a.submitted_at - a.started_at).total_seconds() / 60 for a in submitted if a.submitted_at
    )
    scoring = sorted(
        (a.completed_at - a.submitted_at).total_seconds()
        for a in completed
        if a.completed_at and a.submitted_at and not a.is_read_by_people
    )
    return Figures(
        track_id=track_id,
        started=sum(_within(a.started_at, period) for a in moved),
        submitted=len(submitted),
        completed=len(completed),
        degraded=sum(bool(a.degradations) for a in completed),
        failed=sum(a.status is AssessmentStatus.FAILED for a in submitted),
        median_minutes=percentile(taking, 0.5),
        p50_seconds=percentile(scoring, 0.5),
        p95_seconds=percentile(scoring, 0.95),
    )
