"""What models cost: list prices, for a figure to watch and not for an invoice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

PER_TOKENS: Final = 1_000_000
CURRENCY: Final = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD per million tokens."""

    prompt: float
    completion: float

    def cost(self, *, prompt_tokens: int, completion_tokens: int) -> float:
        """Return USD, to a millionth."""
        spent = self.prompt * prompt_tokens + self.completion * completion_tokens
        return round(spent / PER_TOKENS, 6)


SOURCE: Final = "https://openai.com/api/pricing"
"""Standard processing, prompts that are not cached, below 270,000 tokens. The page was not read
itself: these are its figures as morphllm.com/openai-api-pricing and
tokenmix.ai/blog/openai-api-cost-2026-gpt-5-5-5-4-nano-batch both gave them."""
AS_OF: Final = date(2026, 6, 4)

LIST_PRICES: Final[Mapping[str, Price]] = {
    "gpt-5.5": Price(prompt=5.00, completion=30.00),
    "gpt-5.4": Price(prompt=2.50, completion=15.00),
    "gpt-5.4-mini": Price(prompt=0.75, completion=4.50),
    "gpt-5.4-nano": Price(prompt=0.20, completion=1.25),
    # As announced with them: openai.com/index/new-embedding-models-and-api-updates.
    "text-embedding-3-small": Price(prompt=0.02, completion=0.0),
    "text-embedding-3-large": Price(prompt=0.13, completion=0.0),
}
"""By the name that requests give. A model that is not here has no price rather than a guess."""
