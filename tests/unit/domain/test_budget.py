from datetime import UTC, datetime

import pytest

from shared.domain.budget import MOST_PROMPTS, Budget, month_start, next_month
from shared.domain.errors import EngineRefusedError


def test_an_assessment_gets_five_prompts() -> None:
    budget = Budget(monthly_tokens=0)

    budget.ensure_left(prompts=MOST_PROMPTS - 1, tokens=0)
    with pytest.raises(EngineRefusedError, match="5 prompts") as caught:
        budget.ensure_left(prompts=MOST_PROMPTS, tokens=0)

    assert caught.value.reason == "prompt_limit"


def test_the_last_token_of_the_month_may_be_used() -> None:
    budget = Budget(monthly_tokens=1000)

    budget.ensure_left(prompts=0, tokens=999)
    with pytest.raises(EngineRefusedError, match="1000 tokens") as caught:
        budget.ensure_left(prompts=0, tokens=1000)

    assert caught.value.reason == "over_budget"


def test_zero_tokens_a_month_mean_no_limit() -> None:
    Budget(monthly_tokens=0).ensure_left(prompts=0, tokens=10**9)


def test_a_month_starts_at_midnight_of_its_first_day() -> None:
    now = datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)

    assert month_start(now) == datetime(2026, 2, 1, tzinfo=UTC)
    assert month_start(month_start(now)) == month_start(now)


def test_without_a_limit_of_prompts_the_month_still_has_its_own() -> None:
    budget = Budget(monthly_tokens=1000, most_prompts=None)

    budget.ensure_left(prompts=10**6, tokens=999)
    with pytest.raises(EngineRefusedError):
        budget.ensure_left(prompts=0, tokens=1000)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
        (datetime(2028, 2, 1, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_month_ends_where_the_next_begins(start: datetime, end: datetime) -> None:
    assert next_month(start) == end
