"""Fit a mark as a sum of rising curves: monotone by construction, and readable as data.

Each feature gets ramps between the quantiles of its values; least squares with coefficients that
are not negative (Lawson and Hanson, 1974) and a ridge penalty weigh them. More of a feature can
then never lower a mark, whatever the data say.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from shared.adapters.rubric_engine.coefficients import Additive, Curve

KNOTS: Final = 7
RIDGE: Final = 20.0
"""Both were chosen on a coarse grid: figures out of fold hardly change around them."""

Matrix = NDArray[np.float64]


def fit_additive(features: Sequence[str], values: Matrix, marks: Matrix) -> Additive:
    """Fit marks (n,), 0–10, to values (n, number of features)."""
    knots = [_knots(values[:, number]) for number in range(len(features))]
    ramps = np.hstack([_ramps(values[:, n], k) for n, k in enumerate(knots)])
    ones = np.ones((len(marks), 1))
    design = np.hstack([ones, -ones, ramps])  # the base alone may be negative
    penalty = np.sqrt(RIDGE) * np.eye(design.shape[1])
    penalty[0, 0] = penalty[1, 1] = 0.0
    target = np.concatenate([marks, np.zeros(len(penalty))])
    weights = nnls(np.vstack([design, penalty]), target)[0]
    curves: dict[str, Curve] = {}
    place = 2
    for feature, own in zip(features, knots, strict=True):
        rises = np.concatenate([[0.0], np.cumsum(weights[place : place + len(own) - 1])])
        place += len(own) - 1
        if rises[-1] > 0:
            points = zip(own, rises, strict=True)
            curves[feature] = Curve(
                knots=tuple((round(float(x), 4), round(float(y), 4)) for x, y in points)
            )
    return Additive(base=round(float(weights[0] - weights[1]), 4), curves=curves)


def _knots(column: Matrix) -> list[float]:
    """Return rising knots; a feature with one value gets a ramp that is never climbed."""
    spread = np.quantile(column, np.linspace(0.02, 0.98, KNOTS))
    knots = sorted({round(float(x), 3) for x in (*spread, column.min(), column.max())})
    inner = [x for x in knots if spread[0] - 1e-3 <= x <= spread[-1] + 1e-3]
    chosen = inner if len(inner) > 1 else knots
    return chosen if len(chosen) > 1 else [chosen[0], chosen[0] + 1.0]


def _ramps(column: Matrix, knots: Sequence[float]) -> Matrix:
    return np.column_stack([np.clip((column - a) / (b - a), 0, 1) for a, b in pairwise(knots)])


def additive_as_json(fitted: Additive) -> Mapping[str, object]:
    curves = {name: curve.knots for name, curve in fitted.curves.items()}
    return {"base": fitted.base, "curves": curves}
