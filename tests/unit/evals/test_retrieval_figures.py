"""Figures of retrieval: right on what can be worked out by hand."""

import json

import pytest

from evals.retrieval.eval_retrieval import CASES, ndcg


def test_the_best_order_scores_one() -> None:
    assert ndcg({"a": 3, "b": 2, "c": 1}, ["a", "b", "c"]) == pytest.approx(1)


def test_a_worse_order_scores_less() -> None:
    assert ndcg({"a": 3, "b": 2}, ["b", "a"]) == pytest.approx(
        (3 + 7 / 1.585) / (7 + 3 / 1.585), abs=1e-3
    )


def test_what_is_not_relevant_scores_nothing() -> None:
    assert ndcg({"a": 3}, ["x", "y"]) == 0
    assert ndcg({}, ["x"]) == 0


def test_the_judged_situations_are_enough_and_split_in_half() -> None:
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    tracks = {case["trackId"] for case in cases}

    assert len(cases) >= 60
    assert len(tracks) == 8
    assert len({case["id"] for case in cases}) == len(cases)
    assert sum(not case["relevant"] for case in cases) >= 12
    for track in tracks:
        splits = [case["split"] for case in cases if case["trackId"] == track]
        assert splits.count("fit") == splits.count("test")
