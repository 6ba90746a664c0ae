"""The figures of the evals: right on what can be worked out by hand."""

import numpy as np
import pytest

from evals.additive_fit import fit_additive
from evals.folds import FOLDS, folds
from evals.graded import BLANK, graded_folder
from evals.statistics import (
    bias,
    clustered_figure,
    mean_absolute_error,
    pearson,
    root_mean_square_error,
    spearman,
    weighted_kappa,
)

GIVEN = np.array([0.0, 5.0, 10.0, 5.0])


def test_perfect_marks() -> None:
    assert pearson(GIVEN, GIVEN) == pytest.approx(1)
    assert spearman(GIVEN, GIVEN) == pytest.approx(1)
    assert weighted_kappa(GIVEN, GIVEN) == pytest.approx(1)
    assert mean_absolute_error(GIVEN, GIVEN) == root_mean_square_error(GIVEN, GIVEN) == 0


def test_marks_that_are_all_two_too_high() -> None:
    assert bias(GIVEN + 2, GIVEN) == 2
    assert mean_absolute_error(GIVEN + 2, GIVEN) == 2
    assert root_mean_square_error(GIVEN + 2, GIVEN) == 2
    assert pearson(GIVEN + 2, GIVEN) == pytest.approx(1)


def test_one_mark_for_all_tells_nothing() -> None:
    same = np.full(4, 7.0)

    assert pearson(same, GIVEN) == 0
    assert weighted_kappa(same, GIVEN) == pytest.approx(0)


def test_intervals_hold_the_value_and_widen_with_fewer_clusters() -> None:
    random = np.random.default_rng(1)
    given = random.uniform(0, 10, 400)
    marks = given + np.repeat(random.normal(0, 3, 20), 20)
    by_question = clustered_figure(bias, marks, given, [f"{n // 20}" for n in range(400)])
    by_answer = clustered_figure(bias, marks, given, [f"{n}" for n in range(400)])

    assert by_question.low < by_question.value < by_question.high
    assert by_question.high - by_question.low > 2 * (by_answer.high - by_answer.low)


def test_a_fit_finds_a_rising_curve_and_never_falls() -> None:
    x = np.linspace(0, 1, 500)
    values = np.column_stack([x, -x])
    fitted = fit_additive(["rises", "falls"], values, 10 * x**2)

    assert "falls" not in fitted.curves
    assert fitted.mark({"rises": 1.0}) == pytest.approx(10, abs=1.5)
    assert fitted.mark({"rises": 0.5}) == pytest.approx(2.5, abs=1)
    assert fitted.mark({"rises": 0.0}) == pytest.approx(0, abs=1)


def test_questions_are_dealt_out_evenly_and_the_same_every_time() -> None:
    names = {f"{name}/{number}" for name in ("a", "b") for number in range(20)}
    dealt = folds(names)

    assert dealt == folds(set(names))
    assert all(list(dealt.values()).count(fold) == 4 for fold in range(FOLDS))


@pytest.mark.parametrize("answer", ["", "  ", "No response.", "no submission", "Empty submission."])
def test_what_was_not_answered_is_left_out(answer: str) -> None:
    assert BLANK.match(answer)


def test_an_answer_that_begins_with_no_is_kept() -> None:
    assert not BLANK.match("No, since the window is full.")


def test_without_the_graded_answers_there_is_no_folder(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_GRADED", f"{tmp_path}")

    assert graded_folder() is None
