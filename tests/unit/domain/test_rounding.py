from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.rounding import half_up, up


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        pytest.param(2.5, 0, 3.0, id="not-to-the-even-neighbour"),
        pytest.param(3.5, 0, 4.0, id="up"),
        pytest.param(2.4999, 0, 2.0, id="down"),
        pytest.param(7.25, 1, 7.3, id="to-one-decimal"),
        pytest.param(7.35, 1, 7.4, id="though-the-binary-fraction-is-under-the-half"),
        pytest.param(0.7 / 10 / 2 * 100, 0, 4.0, id="though-arithmetic-fell-short-of-the-half"),
        pytest.param(100.0, 0, 100.0, id="whole"),
        pytest.param(0.0, 1, 0.0, id="zero"),
    ],
)
def test_a_half_goes_up(value: float, digits: int, rounded: float) -> None:
    assert half_up(value, digits) == rounded


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_means_of_marks_round_as_exact_arithmetic_does(tenths: list[int]) -> None:
    mean = sum(mark / 10 / 10 for mark in tenths) / len(tenths)
    exact = Fraction(sum(tenths), len(tenths))

    assert half_up(mean * 100) == floor(exact + Fraction(1, 2))


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        pytest.param(2.0, 2, id="whole"),
        pytest.param(2.000001, 3, id="a-little-more"),
        pytest.param(2.999999, 3, id="a-little-less"),
        pytest.param(90 * 1.1, 99, id="though-arithmetic-went-over-the-whole"),
        pytest.param(0.0, 0, id="zero"),
    ],
)
def test_up_goes_to_the_next_whole(value: float, rounded: int) -> None:
    assert up(value) == rounded
