"""What models may cost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.domain.errors import EngineRefusedError

MOST_PROMPTS: Final = 5
"""Of one assessment: three essays, one summary, one spare."""


EMBED: Final = "embed"
"""The purpose of embeddings: tokens that count towards the month, and no prompts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    monthly_tokens: int
    """0 for no limit."""
    most_prompts: int | None = MOST_PROMPTS
    """Of one assessment; None for no limit."""

    def ensure_left(self, *, prompts: int, tokens: int) -> None:
        """Raise `EngineRefusedError` when one more prompt would be too many."""
        if self.most_prompts is not None and prompts >= self.most_prompts:
            raise EngineRefusedError(
                f"the assessment has had its {self.most_prompts} prompts", reason="prompt_limit"
            )
        if self.monthly_tokens and tokens >= self.monthly_tokens:
            raise EngineRefusedError(
                f"the month's {self.monthly_tokens} tokens are used", reason="over_budget"
            )


def month_start(now: datetime) -> datetime:
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(start: datetime) -> datetime:
    """Return when the month ends that begins then."""
    return month_start(start + timedelta(days=31))
