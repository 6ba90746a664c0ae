"""Curves and criteria: the data that turns features into marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.rubric_engine.coefficients import (
    DEFAULT,
    Additive,
    ByKeyPoints,
    Curve,
    fall,
    ramp,
)


@pytest.mark.parametrize(
    ("x", "y"), [(-1, 0), (0, 0), (0.25, 0.5), (0.5, 1), (0.75, 1), (1, 1), (9, 1)]
)
def test_a_curve_is_straight_between_knots_and_level_outside(x: float, y: float) -> None:
    assert Curve(knots=((0, 0), (0.5, 1), (1, 1))).at(x) == pytest.approx(y)


def test_a_fall_is_a_ramp_turned_round() -> None:
    assert fall(1, 3).at(1.5) == pytest.approx(1 - ramp(1, 3).at(1.5))


@pytest.mark.parametrize("knots", [((0, 0), (0, 1)), ((0, 0), (1, 2), (2, 1))])
def test_a_curve_that_turns_back_is_refused(knots: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="not monotone"):
        Curve(knots=knots)


@pytest.mark.parametrize(
    ("criterion", "names"),
    [
        (DEFAULT.accuracy, {"coverage", "both"}),
        (DEFAULT.clarity, {*DEFAULT.clarity.curves}),
        (DEFAULT.coherence, {*DEFAULT.coherence.curves}),
    ],
    ids=["accuracy", "clarity", "coherence"],
)
@given(data=st.data())
def test_more_of_a_feature_never_lowers_a_mark(
    criterion: ByKeyPoints | Additive, names: set[str], data: st.DataObject
) -> None:
    most = {name: 10.0 if name == "accuracy" else 1.0 for name in names}
    features = {name: data.draw(st.floats(0, most[name])) for name in sorted(names)}
    name = data.draw(st.sampled_from(sorted(names)))
    more = features | {name: data.draw(st.floats(features[name], most[name]))}

    assert 0 <= criterion.mark(features) <= criterion.mark(more) + 1e-9 <= 10 + 1e-9
