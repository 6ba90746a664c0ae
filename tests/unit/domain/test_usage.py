from collections.abc import Mapping
from datetime import date

import pytest

from shared.domain.budget import month_start
from shared.domain.period import Period
from shared.domain.pricing import LIST_PRICES, Price
from shared.domain.usage import MonthlyUsage, UsageReport, UsageSum
from tests.builders import NOON, TRACK

PRICES = {"m": Price(prompt=0.75, completion=4.5)}


def a_sum(
    *, model: str = "m", prompt_tokens: int = 1_000_000, completion_tokens: int = 200_000
) -> UsageSum:
    return UsageSum(
        track_id=TRACK,
        day=date(2026, 1, 1),
        purpose="score_essay",
        model=model,
        prompts=1,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
    )


def a_report(*sums: UsageSum, prices: Mapping[str, Price] = PRICES) -> UsageReport:
    month = MonthlyUsage(since=month_start(NOON), tokens=0, budget=None)
    period = Period(since=month_start(NOON), until=NOON)
    return UsageReport(period=period, sums=sums, month=month, prices=prices)


def test_tokens_cost_what_a_million_of_their_kind_does() -> None:
    assert a_sum().cost(PRICES) == 0.75 + 0.9
    assert a_sum(prompt_tokens=1, completion_tokens=0).cost(PRICES) == 0.000001
    assert a_sum(prompt_tokens=0, completion_tokens=0).cost(PRICES) == 0


def test_a_model_without_a_price_has_no_cost() -> None:
    assert a_sum(model="unheard-of").cost(PRICES) is None


def test_the_total_is_the_sum_of_the_costs() -> None:
    assert a_report(a_sum(), a_sum()).cost == 3.3
    assert a_report().cost == 0


def test_a_total_that_would_leave_something_out_is_none_and_names_the_models() -> None:
    report = a_report(a_sum(), a_sum(model="z"), a_sum(model="a"), a_sum(model="z"))

    assert report.cost is None
    assert report.unpriced_models == ("a", "z")


@pytest.mark.parametrize(("budget", "share"), [(None, None), (1_000, 0.25), (100, 2.5)])
def test_the_month_is_seen_against_its_budget(budget: int | None, share: float | None) -> None:
    assert MonthlyUsage(since=NOON, tokens=250, budget=budget).share == share


def test_the_default_model_has_a_price() -> None:
    assert LIST_PRICES["gpt-5.4-mini"] == Price(prompt=0.75, completion=4.5)
