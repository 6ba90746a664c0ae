"""What chance alone would do, so that a habit can be told from it."""

from collections.abc import Iterable, Sequence
from typing import Final

UNLIKELY: Final = 0.05
"""Probability below which a pattern counts as a habit. The usual level is enough: a false alarm
costs its author the reordering or rewording of an option or two."""


def distribution(chances: Iterable[float]) -> list[float]:
    """Return the probabilities of 0, 1, … hits in independent trials with these chances.

    With equal chances it is the binomial distribution; questions with more options or more than
    one key make them unequal (Poisson binomial), and the same recurrence serves.
    """
    spread = [1.0]
    for p in chances:
        spread = [
            missed * (1 - p) + hit * p
            for missed, hit in zip([*spread, 0.0], [0.0, *spread], strict=True)
        ]
    return spread


def is_often(hits: int, chances: Sequence[float]) -> bool:
    """Tell whether so many hits or more are unlikely by chance."""
    return sum(distribution(chances)[hits:]) < UNLIKELY


def is_seldom(hits: int, chances: Sequence[float]) -> bool:
    """Tell whether so few hits or fewer are unlikely by chance."""
    return sum(distribution(chances)[: hits + 1]) < UNLIKELY
