"""Rounding as students were taught it."""

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

NOISE_DIGITS: Final = 12
"""Past these a binary fraction is no longer the decimal that was meant: 0.7 / 10 is
0.06999999999999999."""


def half_up(value: float, digits: int = 0) -> float:
    """Round to decimal digits; a half goes up, whatever binary fractions made of it."""
    return float(_meant(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def up(value: float) -> int:
    """Round up to a whole, but for what binary fractions added: 90 × 1.1 is 99, not 100."""
    return int(_meant(value).to_integral_value(ROUND_CEILING))


def _meant(value: float) -> Decimal:
    return Decimal(repr(round(value, NOISE_DIGITS)))
