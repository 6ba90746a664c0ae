"""Catch rate and false alarms of `find_flags` on whole essays, of two splits.

The threshold was set on `tuning`. `test` was written by others, blind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from evals.injection.fitting import FOLDER
from shared.adapters.injection import find_flags

ESSAYS: Final = FOLDER / "essays.jsonl"
Z_95: Final = 1.959964
"""Standard deviations of the normal distribution on each side of 95 % of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many of the essays were flagged, as a share (0–1) with its 95 % interval."""

    split: str
    label: str
    """`hostile` or `honest`."""
    kind: str
    """Empty for all kinds together."""
    flagged: int
    essays: int

    @property
    def share(self) -> float:
        return self.flagged / self.essays

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.flagged, self.essays)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.share:.3f} [{low:.3f}, {high:.3f}]"


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Return Wilson's 95 % score interval of a share.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).
    """
    share = hits / trials
    square = Z_95**2
    scale = 1 + square / trials
    middle = (share + square / (2 * trials)) / scale
    margin = Z_95 / scale * sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    return max(0.0, middle - margin), min(1.0, middle + margin)


def rates(essays: Iterable[Mapping[str, str]]) -> list[Rate]:
    """Return the rates by split and label, those of all kinds first."""
    flagged: dict[tuple[str, str, str], list[bool]] = {}
    for essay in essays:
        found = bool(find_flags(essay["text"]))
        for kind in ("", essay["kind"]):
            flagged.setdefault((essay["split"], essay["label"], kind), []).append(found)
    return [
        Rate(split=split, label=label, kind=kind, flagged=sum(found), essays=len(found))
        for (split, label, kind), found in sorted(flagged.items())
    ]


def rate_of(figures: Sequence[Rate], split: str, label: str) -> Rate:
    """Return the rate over all kinds."""
    return next(r for r in figures if (r.split, r.label, r.kind) == (split, label, ""))
