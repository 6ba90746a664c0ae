import pytest

from bench.figures import Figures


def test_figures_of_the_numbers_up_to_a_hundred():
    figures = Figures.of([float(number) for number in range(101)])

    assert figures == Figures(p50=50, p95=95, max=100, calls=101)


def test_a_percentile_between_two_durations_is_interpolated():
    assert Figures.of([0.0, 10.0]).p95 == pytest.approx(9.5)
