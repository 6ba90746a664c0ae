"""The numbers of the engine, as data: how features become marks.

What is fitted on graded answers lies beside this file with its provenance: `reference.json` for
accuracy by a reference answer, `essays.json` for rubrics with key points. `python -m evals
calibrate` makes both anew. What is written here was set by hand: how signs become coverage, and the
limits that graded answers cannot teach.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final


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
class Additive:
    """A mark as a sum of curves, one a feature: what a fit on graded answers gives."""

    base: float
    curves: Mapping[str, Curve]

    def mark(self, features: Mapping[str, float]) -> float:
        added = sum(curve.at(features[name]) for name, curve in self.curves.items())
        return min(10.0, max(0.0, self.base + added))


@dataclass(frozen=True, slots=True, kw_only=True)
class ByKeyPoints:
    """Accuracy for rubrics with key points of their own: how far the answer covers them.

    Graded answers are nearly all about the question. What covers hardly any of it is scaled down
    by `least`: an answer about something else meets some key points by chance.
    """

    fitted: Additive
    least: Curve
    """Coverage (0–1) → factor. Answers to other questions of the track have 0.08 in the mean and
    0.27 at the top twentieth."""

    def mark(self, features: Mapping[str, float]) -> float:
        return self.fitted.mark(features) * self.least.at(features["coverage"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ByReference:
    """Accuracy for rubrics without key points: how the answer compares with the reference answer.

    A sum cannot say that without a common subject nothing else counts, and graded sets hold hardly
    any answer that is off the subject. So the fitted mark is scaled by the support that the
    reference answer gives it, as far as that is long enough for support to be expected: a right
    answer in a few words often shares none of them with a short one.
    """

    wording: Additive
    meaning: Additive
    """With an embedder."""
    wording_support: Curve
    """Of `letters`."""
    meaning_support: Curve
    """Of the mean of `letters` and `points`: answers to other questions of the same course have
    0.13 in the middle and 0.25 at the top twentieth, good answers 0.18 at the lowest fiftieth."""
    least_support: Curve
    """Of the same mean, whatever the length: a text under it is about something else."""
    expected: Curve
    """Words of the reference answer → how far support is expected (0–1)."""
    by_points: Criterion
    """Marks the coverage of the derived key points as if they had been given."""
    most: Curve
    """That mark → the most that an answer may earn where the reference answer has many parts: there
    an answer to another question of the course has what every good answer has, but not its parts.
    It costs 0.03 of r on such a set, and takes such answers from 7 to 4."""
    parted: Curve
    """Words of the reference answer → how far it has many parts (0–1)."""

    def mark(self, features: Mapping[str, float]) -> float:
        letters, points = features["letters"], features.get("points")
        if points is None:
            fitted, support, least = self.wording, self.wording_support.at(letters), 1.0
        else:
            nearness = (letters + points) / 2
            fitted, support = self.meaning, self.meaning_support.at(nearness)
            least = self.least_support.at(nearness)
        trust = min(least, 1 - self.expected.at(features["reference"]) * (1 - support))
        mark = fitted.mark(features) * trust * features["listing"]
        excess = max(0.0, mark - self.most.at(self.by_points.mark(features)))
        return mark - excess * self.parted.at(features["reference"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    name: str
    """Goes on every score, as its model."""
    coverage: Coverage
    accuracy: ByKeyPoints
    by_reference: ByReference
    clarity: Additive
    coherence: Additive
    """Of their own features and of accuracy's mark: graders find a text clear that says much."""
    error_bound: float
    """Nineteen of twenty scores (0–10) are at most this far from the graders': a model that differs
    by more differs by more than the engine's own errors explain."""
    most_beside_accuracy: Curve
    """Accuracy's mark → the most that clarity and coherence may earn: fluent text about something
    else must not pay."""


_BY_POINTS: Final = Criterion(
    weights={"coverage": 0.9, "recall": 0.1},
    curve=Curve(knots=((0.04, 0.0), (0.3, 2.0), (0.5, 4.5), (0.75, 6.8), (0.95, 9.5), (1.0, 10.0))),
)

FITTED: Final = Path(__file__).with_name("reference.json")
FITTED_ESSAYS: Final = Path(__file__).with_name("essays.json")


def read_by_reference(text: str) -> ByReference:
    """Read what a calibration wrote."""
    fitted = json.loads(text)
    return ByReference(
        wording=read_additive(fitted["wording"]),
        meaning=read_additive(fitted["meaning"]),
        wording_support=ramp(0.0, 0.1),
        meaning_support=ramp(0.05, 0.15),
        least_support=ramp(0.0, 0.05),
        expected=ramp(20.0, 40.0),
        by_points=_BY_POINTS,
        most=Curve(knots=((0.0, 4.0), (5.0, 10.0))),
        parted=ramp(60.0, 120.0),
    )


def read_additive(fitted: Mapping[str, Any]) -> Additive:
    curves = {
        name: Curve(knots=tuple((x, y) for x, y in knots))
        for name, knots in fitted["curves"].items()
    }
    return Additive(base=fitted["base"], curves=curves)


def by_key_points(fitted: Additive) -> ByKeyPoints:
    return ByKeyPoints(fitted=fitted, least=Curve(knots=((0.05, 0.1), (0.35, 1.0))))


_ESSAYS: Final = json.loads(FITTED_ESSAYS.read_text("utf-8"))

DEFAULT: Final = Coefficients(
    name="rubric-3",
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
    accuracy=by_key_points(read_additive(_ESSAYS["accuracy"])),
    by_reference=read_by_reference(FITTED.read_text("utf-8")),
    clarity=read_additive(_ESSAYS["clarity"]),
    coherence=read_additive(_ESSAYS["coherence"]),
    error_bound=_ESSAYS["errorBound"],
    most_beside_accuracy=Curve(knots=((0.0, 0.8), (2.0, 2.8), (5.0, 6.2), (7.0, 8.5), (8.5, 10.0))),
)
