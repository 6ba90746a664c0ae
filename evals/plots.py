"""The plots of the report."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from evals.retrieval.eval_retrieval import RetrievalFigures
from evals.statistics import Marks

BINS: Final = 8
"""Of equal numbers of answers: fewer would hide the curve, more would be noise."""
SIZE: Final = (7.0, 4.2)
"""Inches."""

mpl.use("agg")


def plot_calibration(path: Path, sets: Mapping[str, tuple[Marks, Marks]]) -> None:
    """Draw the mean grade against the mean mark, in bins of equal size; marks and grades by set."""
    figure, axes = plt.subplots(figsize=SIZE)
    axes.plot([0, 10], [0, 10], color="grey", linewidth=1, linestyle="--", label="agreement")
    for name, (marks, given) in sets.items():
        bins = np.array_split(np.argsort(marks, kind="stable"), BINS)
        axes.plot(
            [marks[b].mean() for b in bins],
            [given[b].mean() for b in bins],
            marker="o",
            label=name,
        )
    axes.set(xlabel="mark of the engine", ylabel="mean grade given", xlim=(0, 10), ylim=(0, 10))
    _save(figure, axes, path)


def plot_by_bin(
    path: Path,
    sets: Mapping[str, tuple[Marks, Marks]],
    *,
    edges: Sequence[float],
    unit: str,
    value: str,
) -> None:
    """Draw bars of means of a value by bins of another; both by set, as (place, value)."""
    figure, axes = plt.subplots(figsize=SIZE)
    width = 0.8 / len(sets)
    labels = [f"{a:g}–{b:g}" for a, b in pairwise(edges)]
    for number, (name, (place, values)) in enumerate(sets.items()):
        bins = np.clip(np.digitize(place, edges) - 1, 0, len(labels) - 1)
        means = [
            float(values[bins == b].mean()) if np.any(bins == b) else 0.0
            for b in range(len(labels))
        ]
        axes.bar(np.arange(len(labels)) + number * width, means, width, label=name)
    axes.set_xticks(np.arange(len(labels)) + 0.4 - width / 2, labels)
    axes.axhline(0, color="grey", linewidth=1)
    axes.set(xlabel=unit, ylabel=value)
    _save(figure, axes, path)


def plot_retrieval(path: Path, figures: Sequence[RetrievalFigures]) -> None:
    figure, axes = plt.subplots(figsize=SIZE)
    named = {"precision@3": "precision", "nDCG@5": "ndcg", "coverage": "coverage"}
    width = 0.8 / len(figures)
    for number, row in enumerate(figures):
        shown = [getattr(row, field) for field in named.values()]
        axes.bar(
            np.arange(len(named)) + number * width,
            [f.value for f in shown],
            width,
            yerr=[[f.value - f.low for f in shown], [f.high - f.value for f in shown]],
            capsize=3,
            label=row.method,
        )
    axes.set_xticks(np.arange(len(named)) + 0.4 - width / 2, list(named))
    axes.set(ylim=(0, 1), ylabel="held-out situations, 95 % intervals")
    _save(figure, axes, path)


def _save(figure: plt.Figure, axes: plt.Axes, path: Path) -> None:
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=4, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
