"""What models were used for, and what that came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.domain.budget import next_month
from shared.domain.period import Period
from shared.domain.pricing import Price
from shared.domain.track import TrackId


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSum:
    """Prompts of one track, day, purpose and model, with their tokens."""

    track_id: TrackId | None
    """None when the assessment is gone."""
    day: date
    """In UTC."""
    purpose: str
    model: str
    prompts: int
    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def cost(self, prices: Mapping[str, Price]) -> float | None:
        """Return USD, or None for a model without a price."""
        if self.model not in prices:
            return None
        return prices[self.model].cost(
            prompt_tokens=self.prompt_tokens, completion_tokens=self.completion_tokens
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyUsage:
    """Tokens since the month began, prompts and completions together."""

    since: datetime
    tokens: int
    budget: int | None
    """None for no limit."""

    @property
    def share(self) -> float | None:
        return self.share_of(self.tokens)

    @property
    def until(self) -> datetime:
        """When the budget is whole again."""
        return next_month(self.since)

    @property
    def left(self) -> int | None:
        return None if self.budget is None else max(0, self.budget - self.tokens)

    def share_of(self, tokens: int) -> float | None:
        """Return how much of a month's budget these are; None for no limit."""
        return None if self.budget is None else round(tokens / self.budget, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    period: Period
    sums: Sequence[UsageSum]
    month: MonthlyUsage
    prices: Mapping[str, Price]

    @property
    def unpriced_models(self) -> tuple[str, ...]:
        return tuple(sorted({s.model for s in self.sums} - self.prices.keys()))

    @property
    def cost(self) -> float | None:
        """USD; None when a model has no price, for a sum that leaves some out is no sum."""
        costs = [s.cost(self.prices) for s in self.sums]
        known = [cost for cost in costs if cost is not None]
        return round(sum(known), 6) if len(known) == len(costs) else None
