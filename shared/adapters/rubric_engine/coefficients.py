"""The numbers of the engine, as data: how features become marks.

They were set by hand so that a reference answer earns the top level and half of one the middle,
and looked at on graded answers; they are not fitted yet. A fit replaces `DEFAULT` and its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A monotone map through `knots` (x, y), straight in between and level outside of them."""

    knots: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        xs, ys = zip(*self.knots, strict=True)
        rises = all(a <= b for a, b in pairwise(ys))
        falls = all(a >= b for a, b in pairwise(ys))
        if any(a >= b for a, b in pairwise(xs)) or not (rises or falls):
            raise ValueError(f"not monotone: {self.knots}")

    def at(self, x: float) -> float:
        (left, first), (right, last) = self.knots[0], self.knots[-1]
        if x <= left:
            return first
        if x >= right:
            return last
        return next(
            y0 + (y1 - y0) * (x - x0) / (x1 - x0)
            for (x0, y0), (x1, y1) in pairwise(self.knots)
            if x <= x1
        )


def ramp(low: float, high: float) -> Curve:
    """Return the curve that rises from 0 at `low` to 1 at `high`."""
    return Curve(knots=((low, 0.0), (high, 1.0)))


def fall(low: float, high: float) -> Curve:
    """Return the curve that falls from 1 at `low` to 0 at `high`."""
    return Curve(knots=((low, 1.0), (high, 0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How the signs of one key point become its share, 0–1."""

    group_share: Curve
    """Groups of terms found → worth of it: half of the groups is much less than half of the idea,
    since single groups hold common words."""
    apart: float
    """Factor for groups that are found, but far from each other."""
    overlap: Curve
    """Content words of the key point found in a sentence or two → the worth of that alone."""
    similarity: Curve
    """Cosine of key point and sentence → its worth; for the embedder in use."""
    similarity_weight: float
    """Part of the similarity in the worth of the wording, when there is an embedder."""
    support: Curve
    """Part of the words around the terms that belong to the question → factor on them: terms in
    a text about something else are chance. Students' answers have 0.3–0.9 of them, answers to other
    questions of the same track 0.1–0.4."""
    breadth: Curve
    """Share of the key points' weight whose terms are found → how far terms are trusted whatever
    the rest of the passage says: answers to other questions meet 0.6 of them at most, and
    everyday words for the right thing may be few words of the question's own."""
    wording_beside_terms: float
    """What wording can earn of the part that terms have not earned."""
    denied: float
    """Factor for wording that stands in a negation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A criterion's mark: the weighted mean of features (0–1) through a curve to 0–10."""

    weights: Mapping[str, float]
    curve: Curve

    def mark(self, features: Mapping[str, float]) -> float:
        total = sum(self.weights.values())
        return self.curve.at(sum(w * features[n] for n, w in self.weights.items()) / total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    name: str
    """Goes on every score, as its model."""
    coverage: Coverage
    accuracy: Criterion
    accuracy_from_reference: Criterion
    """For rubrics whose key points had to be derived from the reference answer: these have no
    terms, so that wording is all there is, and an answer in other words covers little of it."""
    clarity: Criterion
    coherence: Criterion
    most_beside_accuracy: Curve
    """Accuracy's mark → the most that clarity and coherence may earn: fluent text about something
    else must not pay."""


_TEXT_CURVE: Final = Curve(knots=((0.0, 0.0), (0.5, 5.0), (0.85, 8.5), (1.0, 9.0)))
"""Ends at 9: the last mark of clarity is for what only a reader sees."""

DEFAULT: Final = Coefficients(
    name="rubric-hand-1",
    coverage=Coverage(
        group_share=Curve(knots=((0.0, 0.0), (0.5, 0.3), (0.75, 0.65), (1.0, 1.0))),
        apart=0.75,
        overlap=ramp(0.15, 0.75),
        similarity=ramp(0.3, 0.7),
        similarity_weight=0.35,
        support=Curve(knots=((0.15, 0.1), (0.5, 1.0))),
        breadth=ramp(0.55, 0.85),
        wording_beside_terms=0.6,
        denied=0.25,
    ),
    accuracy=Criterion(
        weights={"coverage": 0.9, "recall": 0.1},
        curve=Curve(
            knots=((0.04, 0.0), (0.3, 2.0), (0.5, 4.5), (0.75, 6.8), (0.95, 9.5), (1.0, 10.0))
        ),
    ),
    accuracy_from_reference=Criterion(
        weights={"coverage": 0.5, "recall": 0.5},
        curve=Curve(knots=((0.03, 0.0), (0.15, 3.5), (0.35, 6.5), (0.6, 9.0), (0.85, 10.0))),
    ),
    clarity=Criterion(
        weights={"length": 0.25, "sentences": 0.25, "precision": 0.25, "concreteness": 0.25},
        curve=_TEXT_CURVE,
    ),
    coherence=Criterion(
        weights={
            "length": 0.15,
            "connection": 0.25,
            "reasons": 0.15,
            "cohesion": 0.2,
            "focus": 0.25,
        },
        curve=_TEXT_CURVE,
    ),
    most_beside_accuracy=Curve(knots=((0.0, 0.8), (2.0, 2.8), (5.0, 6.2), (7.0, 8.5), (8.5, 10.0))),
)
