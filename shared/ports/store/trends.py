"""Figures of days and months, and what they are counted from."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from shared.domain.period import Period
from shared.domain.track import TrackId
from shared.domain.trends import Figures, Granularity, MetricSnapshot


class TrendRepository(Protocol):
    def figures(self, period: Period) -> tuple[Figures, ...]:
        """Count the period's assessments, of all tracks together and of each that has any."""
        ...

    def backlog(self) -> Mapping[TrackId, int]:
        """Count the essays that wait for a person now, by track."""
        ...

    def replace(
        self, granularity: Granularity, start: date, snapshots: Sequence[MetricSnapshot]
    ) -> None:
        """Put these in the place of what is stored of the period; what is final stays."""
        ...

    def final_starts(self, granularity: Granularity, *, since: date) -> frozenset[date]:
        """Return where the periods start, from `since` on, whose figures are final."""
        ...

    def between(
        self, granularity: Granularity, first: date, last: date, *, track_id: TrackId | None
    ) -> tuple[MetricSnapshot, ...]:
        """Return those that start from `first` to `last`, both included, oldest first.

        Of one track, or with None of all together.
        """
        ...
