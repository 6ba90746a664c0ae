"""Figures of agreement between two lists of marks, with intervals clustered by question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import cohen_kappa_score

Marks = NDArray[np.float64]
Statistic = Callable[[Marks, Marks], float]

DRAWS: Final = 1000
"""Bootstrap samples: the ends of a 95 % interval then rest on 25 samples each."""
KAPPA_STEPS: Final = 10
"""Marks 0–10 are rounded to whole ones for kappa."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    value: float
    low: float
    high: float
    """The ends of the 95 % interval."""

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def pearson(marks: Marks, given: Marks) -> float:
    return float(np.corrcoef(marks, given)[0, 1]) if np.ptp(marks) and np.ptp(given) else 0.0


def spearman(marks: Marks, given: Marks) -> float:
    return pearson(stats.rankdata(marks), stats.rankdata(given))


def mean_absolute_error(marks: Marks, given: Marks) -> float:
    return float(np.abs(marks - given).mean())


def root_mean_square_error(marks: Marks, given: Marks) -> float:
    return float(np.sqrt(((marks - given) ** 2).mean()))


def bias(marks: Marks, given: Marks) -> float:
    """Return how much too high (positive) the marks are on average."""
    return float((marks - given).mean())


def weighted_kappa(marks: Marks, given: Marks) -> float:
    """Return Cohen's kappa with quadratic weights, of marks rounded to whole ones."""
    labels = list(range(KAPPA_STEPS + 1))
    left, right = (np.rint(np.clip(m, 0, KAPPA_STEPS)).astype(int) for m in (marks, given))
    return float(cohen_kappa_score(left, right, weights="quadratic", labels=labels))


STATISTICS: Final[dict[str, Statistic]] = {
    "Pearson r": pearson,
    "Spearman r": spearman,
    "MAE": mean_absolute_error,
    "RMSE": root_mean_square_error,
    "weighted kappa": weighted_kappa,
    "bias": bias,
}


def clustered_figure(
    statistic: Statistic, marks: Marks, given: Marks, clusters: Sequence[str]
) -> Figure:
    """Return the statistic with a percentile interval over samples of whole clusters.

    Answers to one question resemble each other, so that questions, not answers, are drawn
    (Field and Welsh, 2007).
    """
    names, members = np.unique(np.asarray(clusters), return_inverse=True)
    rows = [np.flatnonzero(members == number) for number in range(len(names))]
    random = np.random.default_rng(0)
    drawn: list[float] = []
    for _ in range(DRAWS):
        sample = np.concatenate([rows[n] for n in random.integers(len(rows), size=len(rows))])
        drawn.append(statistic(marks[sample], given[sample]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Figure(value=statistic(marks, given), low=float(low), high=float(high))
