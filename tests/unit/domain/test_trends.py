from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from shared.domain.pricing import Price
from shared.domain.track import TrackId
from shared.domain.trends import (
    BACKLOG_KNOWN,
    FINAL_AFTER,
    Figures,
    Granularity,
    MetricSnapshot,
    due,
    earliest_due,
    period_from,
    starts_between,
    take,
)
from shared.domain.usage import UsageSum
from tests.builders import TRACK

DAY, MONTH = Granularity.DAY, Granularity.MONTH
SECOND = timedelta(seconds=1)
FIRST = date(2026, 1, 1)
END = datetime(2026, 1, 2, tzinfo=UTC)
PRICES = {"m": Price(prompt=1.0, completion=2.0)}
NOBODY = Figures(
    track_id=None,
    started=0,
    submitted=0,
    completed=0,
    degraded=0,
    failed=0,
    median_minutes=None,
    p50_seconds=None,
    p95_seconds=None,
)


def a_sum(track: str | None = TRACK, *, model: str = "m") -> UsageSum:
    return UsageSum(
        track_id=TrackId(track) if track else None,
        day=FIRST,
        purpose="score_essay",
        model=model,
        prompts=2,
        prompt_tokens=1_000_000,
        completion_tokens=500_000,
    )


def taken(
    *usage: UsageSum, now: datetime = END, backlog: dict[TrackId, int] | None = None
) -> tuple[MetricSnapshot, MetricSnapshot]:
    """Take the figures of all tracks and of one."""
    of_all, of_track = take(
        DAY,
        FIRST,
        figures=[replace(NOBODY, track_id=TRACK), NOBODY],
        usage=usage,
        backlog=backlog or {},
        prices=PRICES,
        now=now,
    )
    return of_all, of_track


@pytest.mark.parametrize(
    ("granularity", "start", "until"),
    [
        (DAY, date(2026, 2, 28), datetime(2026, 3, 1, tzinfo=UTC)),
        (DAY, date(2028, 2, 28), datetime(2028, 2, 29, tzinfo=UTC)),
        (MONTH, date(2026, 2, 1), datetime(2026, 3, 1, tzinfo=UTC)),
        (MONTH, date(2026, 12, 1), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_period_ends_where_the_next_begins(
    granularity: Granularity, start: date, until: datetime
) -> None:
    period = period_from(granularity, start)

    assert period.since == datetime(start.year, start.month, start.day, tzinfo=UTC)
    assert period.until == until


def test_months_start_on_their_first_day_whatever_day_is_asked_for() -> None:
    found = starts_between(MONTH, date(2025, 11, 30), date(2026, 1, 1))

    assert list(found) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


def test_the_present_period_is_due_and_so_is_what_was_missed() -> None:
    now = datetime(2026, 1, 3, 12, tzinfo=UTC)
    earlier = {date(2025, 12, 3) + timedelta(days=n) for n in range(29)}

    assert due(DAY, now, final=earlier) == (FIRST, date(2026, 1, 2), date(2026, 1, 3))


@pytest.mark.parametrize(
    ("granularity", "first", "count"),
    [(DAY, date(2025, 12, 3), 32), (MONTH, date(2025, 1, 1), 13)],
)
def test_no_further_back_than_a_month_of_days_and_a_year_of_months(
    granularity: Granularity, first: date, count: int
) -> None:
    now = datetime(2026, 1, 3, tzinfo=UTC)

    assert earliest_due(granularity, now) == first
    assert len(due(granularity, now, final=())) == count


def test_days_are_those_of_utc() -> None:
    in_tokyo = datetime(2026, 1, 3, 8, tzinfo=timezone(timedelta(hours=9)))

    assert due(DAY, in_tokyo, final=())[-1] == date(2026, 1, 2)


def test_figures_are_final_an_hour_after_the_period() -> None:
    (before, _), (after, _) = (taken(now=END + FINAL_AFTER - SECOND), taken(now=END + FINAL_AFTER))

    assert (before.is_final, after.is_final) == (False, True)


def test_usage_is_added_up_for_all_and_for_each_track() -> None:
    of_all, of_track = taken(a_sum(), a_sum("another"), a_sum(None))

    assert (of_all.prompts, of_all.prompt_tokens, of_all.completion_tokens) == (
        6,
        3_000_000,
        1_500_000,
    )
    assert (of_track.prompts, of_track.prompt_tokens) == (2, 1_000_000)
    assert (of_all.cost, of_track.cost) == (6.0, 2.0)


def test_a_model_without_a_price_leaves_no_sum_rather_than_a_wrong_one() -> None:
    of_all, of_track = taken(a_sum(), a_sum("another", model="unheard-of"))

    assert (of_all.cost, of_track.cost) == (None, 2.0)
    assert of_all.prompts == 4


def test_the_backlog_is_that_of_the_moment() -> None:
    of_all, of_track = taken(backlog={TRACK: 2, TrackId("another"): 5})

    assert (of_all.reviews_waiting, of_track.reviews_waiting) == (7, 2)


def test_long_afterwards_nobody_knows_what_waited_then() -> None:
    (known, _), (unknown, _) = (
        taken(now=END + BACKLOG_KNOWN - SECOND),
        taken(now=END + BACKLOG_KNOWN),
    )

    assert (known.reviews_waiting, unknown.reviews_waiting) == (0, None)


@pytest.mark.parametrize(("completed", "degraded", "share"), [(0, 0, None), (3, 1, 0.3333)])
def test_the_degraded_share_is_of_those_completed(
    completed: int, degraded: int, share: float | None
) -> None:
    of_all, _ = taken()
    figures = replace(NOBODY, completed=completed, degraded=degraded)

    assert replace(of_all, figures=figures).degraded_share == share
