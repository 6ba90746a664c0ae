"""Show figures of days or months beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.domain.period import Period, period_of
from shared.domain.track import TrackId
from shared.domain.trends import Granularity, MetricSnapshot, start_of
from shared.ports.clock import Clock
from shared.ports.store import Store

USUAL: Final[Mapping[Granularity, timedelta]] = {
    Granularity.DAY: timedelta(days=30),
    Granularity.MONTH: timedelta(days=366),
}
LONGEST: Final[Mapping[Granularity, timedelta]] = {
    Granularity.DAY: timedelta(days=366),
    Granularity.MONTH: timedelta(days=10 * 366),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    period: Period
    snapshots: Sequence[MetricSnapshot]


def get_trends(
    granularity: Granularity,
    since: datetime | None,
    until: datetime | None,
    *,
    track_id: TrackId | None,
    store: Store,
    clock: Clock,
) -> Trends:
    """Return the days or months that have a moment of the period in them, oldest first.

    Raises:
        InvalidInputError: the period is empty or too long.
    """
    period = period_of(
        since, until, now=clock.now(), usual=USUAL[granularity], longest=LONGEST[granularity]
    )
    last = period.until - timedelta(microseconds=1)
    with store.begin() as repositories:
        snapshots = repositories.trends.between(
            granularity,
            start_of(granularity, period.since.date()),
            last.date(),
            track_id=track_id,
        )
    return Trends(period=period, snapshots=snapshots)
