"""Figures of whole days and months, kept so that they can be compared years later.

They count people's work and name nobody.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from shared.domain.period import Period
from shared.domain.pricing import Price
from shared.domain.track import TrackId
from shared.domain.usage import UsageSum

FINAL_AFTER: Final = timedelta(hours=1)
"""After its end a period changes no more: scoring takes minutes, and is given up on in 15."""
BACKLOG_KNOWN: Final = timedelta(hours=25)
"""After the end of a period the present backlog still says something of it."""


class Granularity(StrEnum):
    DAY = "day"
    MONTH = "month"


LOOK_BACK: Final[Mapping[Granularity, int]] = {Granularity.DAY: 31, Granularity.MONTH: 12}
"""Periods that are made up for when nothing was taken while they lasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What became of the assessments of one track, or of all."""

    track_id: TrackId | None
    """None for all tracks together, whose medians are no sum of the tracks'."""
    started: int
    submitted: int
    completed: int
    degraded: int
    """Of the completed ones."""
    failed: int
    """Of the submitted ones, as they are when the figures are taken."""
    median_minutes: float | None
    """From start to submission, of those submitted; None without any."""
    p50_seconds: float | None
    """From submission to completion, of those completed."""
    p95_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSnapshot:
    granularity: Granularity
    start: date
    """First day of the period, which begins and ends at midnight UTC."""
    figures: Figures
    prompts: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    """USD at the prices of when it was taken; None when a model had none."""
    reviews_waiting: int | None
    """Essays that waited for a person when it was taken; None when that was long afterwards."""
    taken_at: datetime

    @property
    def period(self) -> Period:
        return period_from(self.granularity, self.start)

    @property
    def is_final(self) -> bool:
        return self.taken_at >= self.period.until + FINAL_AFTER

    @property
    def degraded_share(self) -> float | None:
        done = self.figures.completed
        return round(self.figures.degraded / done, 4) if done else None


def start_of(granularity: Granularity, day: date) -> date:
    return day if granularity is Granularity.DAY else day.replace(day=1)


def period_from(granularity: Granularity, start: date) -> Period:
    return Period(since=_midnight(start), until=_midnight(_next(granularity, start)))


def starts_between(granularity: Granularity, first: date, last: date) -> Iterator[date]:
    """Yield where the periods start that hold the days from `first` to `last`."""
    start = start_of(granularity, first)
    while start <= last:
        yield start
        start = _next(granularity, start)


def due(granularity: Granularity, now: datetime, *, final: Collection[date]) -> tuple[date, ...]:
    """Return where the periods start that are to be taken: the present one and those missing."""
    first = earliest_due(granularity, now)
    starts = starts_between(granularity, first, now.astimezone(UTC).date())
    return tuple(start for start in starts if start not in final)


def earliest_due(granularity: Granularity, now: datetime) -> date:
    start = start_of(granularity, now.astimezone(UTC).date())
    for _ in range(LOOK_BACK[granularity]):
        start = start_of(granularity, start - timedelta(days=1))
    return start


def take(
    granularity: Granularity,
    start: date,
    *,
    figures: Sequence[Figures],
    usage: Sequence[UsageSum],
    backlog: Mapping[TrackId, int],
    prices: Mapping[str, Price],
    now: datetime,
) -> tuple[MetricSnapshot, ...]:
    """Put together what is known of a period: of all tracks first, then of each in order."""
    is_backlog_known = now < period_from(granularity, start).until + BACKLOG_KNOWN
    return tuple(
        _snapshot(
            granularity,
            start,
            found,
            [u for u in usage if found.track_id in {None, u.track_id}],
            waiting=_waiting(backlog, found.track_id) if is_backlog_known else None,
            prices=prices,
            now=now,
        )
        for found in sorted(figures, key=lambda f: f.track_id or "")
    )


def _snapshot(
    granularity: Granularity,
    start: date,
    figures: Figures,
    usage: Sequence[UsageSum],
    *,
    waiting: int | None,
    prices: Mapping[str, Price],
    now: datetime,
) -> MetricSnapshot:
    costs = [u.cost(prices) for u in usage]
    known = [cost for cost in costs if cost is not None]
    return MetricSnapshot(
        granularity=granularity,
        start=start,
        figures=figures,
        prompts=sum(u.prompts for u in usage),
        prompt_tokens=sum(u.prompt_tokens for u in usage),
        completion_tokens=sum(u.completion_tokens for u in usage),
        cost=round(sum(known), 6) if len(known) == len(costs) else None,
        reviews_waiting=waiting,
        taken_at=now,
    )


def _waiting(backlog: Mapping[TrackId, int], track_id: TrackId | None) -> int:
    return sum(backlog.values()) if track_id is None else backlog.get(track_id, 0)


def _next(granularity: Granularity, start: date) -> date:
    return start_of(
        granularity, start + timedelta(days=1 if granularity is Granularity.DAY else 31)
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
