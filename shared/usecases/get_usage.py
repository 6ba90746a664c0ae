"""Show what models were used for and what that cost."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from shared.domain.budget import Budget, month_start
from shared.domain.period import period_of
from shared.domain.pricing import Price
from shared.domain.usage import MonthlyUsage, UsageReport
from shared.ports.clock import Clock
from shared.ports.store import Store

USUAL: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=366)


def get_usage(
    since: datetime | None,
    until: datetime | None,
    *,
    prices: Mapping[str, Price],
    budget: Budget,
    store: Store,
    clock: Clock,
) -> UsageReport:
    """Add up a period, by default the last 30 days; the month is the present one, whatever it is.

    Raises:
        InvalidInputError: the period is empty or longer than a year.
    """
    now = clock.now()
    period = period_of(since, until, now=now, usual=USUAL, longest=LONGEST)
    month = month_start(now)
    with store.begin() as repositories:
        sums = repositories.usage.sums(period)
        tokens = repositories.usage.tokens_since(month)
    return UsageReport(
        period=period,
        sums=sums,
        month=MonthlyUsage(since=month, tokens=tokens, budget=budget.monthly_tokens or None),
        prices=prices,
    )
