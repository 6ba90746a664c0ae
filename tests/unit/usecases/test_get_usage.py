from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain.assessment import AssessmentId
from shared.domain.budget import Budget
from shared.domain.errors import InvalidInputError
from shared.domain.essay import Usage
from shared.domain.usage import UsageReport
from shared.usecases.get_usage import get_usage
from tests.builders import NOON, an_id
from tests.fakes.wiring import FakeWiring

DAY = timedelta(days=1)


def prompted(world: FakeWiring, at: datetime) -> None:
    with world.store.begin() as repositories:
        repositories.usage.record(
            AssessmentId(an_id()),
            purpose="score_essay",
            model="priced",
            usage=Usage(prompt_tokens=900, completion_tokens=100),
            at=at,
        )


def report(
    world: FakeWiring,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    monthly_tokens: int = 10_000,
) -> UsageReport:
    return get_usage(
        since,
        until,
        prices=world.prices,
        budget=Budget(monthly_tokens=monthly_tokens),
        store=world.store,
        clock=world.clock,
    )


def test_the_last_thirty_days_are_added_up(world: FakeWiring) -> None:
    for days in (0, 30, 31):
        prompted(world, NOON - days * DAY - timedelta(seconds=-1 if days == 30 else 1))

    days = [s.day for s in report(world).sums]

    assert days == [date(2025, 12, 2), date(2026, 1, 1)]


def test_a_period_is_added_up_from_its_beginning_to_before_its_end(world: FakeWiring) -> None:
    for days in (1, 2, 3):
        prompted(world, NOON - days * DAY)

    sums = report(world, NOON - 3 * DAY, NOON - DAY).sums

    assert [s.day.day for s in sums] == [29, 30]


def test_more_than_a_year_is_refused(world: FakeWiring) -> None:
    with pytest.raises(InvalidInputError, match="366 days"):
        report(world, NOON - 367 * DAY)


def test_the_present_month_is_held_against_the_budget_whatever_the_period(
    world: FakeWiring,
) -> None:
    prompted(world, datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    prompted(world, datetime(2026, 1, 1, tzinfo=UTC))

    month = report(world, NOON - 9 * DAY, NOON - 8 * DAY).month

    assert (month.since, month.tokens) == (datetime(2026, 1, 1, tzinfo=UTC), 1_000)
    assert (month.budget, month.share) == (10_000, 0.1)


def test_a_budget_of_nothing_is_no_limit(world: FakeWiring) -> None:
    month = report(world, monthly_tokens=0).month

    assert (month.budget, month.share) == (None, None)
