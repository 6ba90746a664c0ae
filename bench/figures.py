"""What is told about a list of durations."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Milliseconds."""

    p50: float
    p95: float
    max: float
    calls: int

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> Self:
        """At least two durations; percentiles between neighbours are interpolated."""
        return cls(
            p50=statistics.median(milliseconds),
            p95=percentile(milliseconds, 95),
            max=max(milliseconds),
            calls=len(milliseconds),
        )


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
