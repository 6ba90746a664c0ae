from dataclasses import replace

import pytest

from bench.retrieval.figures import SearchFigures, recall

FIGURES = SearchFigures(recall=0.9, worst_recall=0.5, p50=2, p95=4, p99=5, searches=10)


def test_recall_is_the_share_of_the_nearest_that_was_found():
    assert recall([4, 1, 9, 3], [1, 2, 3, 4]) == 0.75


def test_recall_is_whole_when_there_was_nothing_to_find():
    assert recall([], []) == 1


def test_figures_of_a_hundred_and_one_searches():
    figures = SearchFigures.of([float(ms) for ms in range(101)], [1.0] * 51 + [0.0] * 50)

    assert figures == SearchFigures(
        recall=51 / 101, worst_recall=0, p50=50, p95=95, p99=99, searches=101
    )


def test_a_search_is_as_good_as_itself():
    assert FIGURES.is_as_good_as(FIGURES)


@pytest.mark.parametrize(
    "worse",
    [replace(FIGURES, recall=0.89), replace(FIGURES, p50=2.1), replace(FIGURES, p95=4.1)],
    ids=["finds less", "slower", "slower at times"],
)
def test_a_search_that_finds_less_or_is_slower_is_not_as_good(worse: SearchFigures):
    assert not worse.is_as_good_as(FIGURES)
