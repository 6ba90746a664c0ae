"""What is told of many searches."""

import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

from bench.figures import percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFigures:
    recall: float
    """Mean share of the true nearest that were found, 0–1."""
    worst_recall: float
    p50: float
    p95: float
    p99: float
    """Milliseconds."""
    searches: int

    @classmethod
    def of(cls, milliseconds: Sequence[float], recalls: Sequence[float]) -> Self:
        """At least two searches; percentiles between neighbours are interpolated."""
        return cls(
            recall=statistics.fmean(recalls),
            worst_recall=min(recalls),
            p50=statistics.median(milliseconds),
            p95=percentile(milliseconds, 95),
            p99=percentile(milliseconds, 99),
            searches=len(milliseconds),
        )

    def is_as_good_as(self, other: "SearchFigures") -> bool:
        """Whether it finds as much and is no slower, at the median and at the 95th percentile."""
        return self.recall >= other.recall and self.p50 <= other.p50 and self.p95 <= other.p95


def recall(found: Collection[int], nearest: Collection[int]) -> float:
    """Return the share of the nearest that was found; 1 when there was nothing to find."""
    return len({*found} & {*nearest}) / len(nearest) if nearest else 1.0
