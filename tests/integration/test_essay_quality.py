"""How well the rubric engine agrees with graded answers to its own essays: bounds, out of fold.

`make calibrate` prints all figures with their intervals.
"""

import json

import pytest

from evals.essays.calibration import EssayCalibration
from evals.statistics import STATISTICS
from shared.adapters.rubric_engine.coefficients import FITTED_ESSAYS

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def calibration() -> EssayCalibration:
    return EssayCalibration()


def test_totals_agree_with_the_grades(calibration: EssayCalibration) -> None:
    marks, _ = calibration.out_of_fold
    total, given = calibration.total(marks), calibration.total(calibration.given)

    assert STATISTICS["Pearson r"](total, given) >= 0.9
    assert STATISTICS["weighted kappa"](total, given) >= 0.87
    assert STATISTICS["RMSE"](total, given) <= 1.4
    assert abs(STATISTICS["bias"](total, given)) <= 0.6


def test_each_criterion_agrees_with_the_grades(calibration: EssayCalibration) -> None:
    marks, _ = calibration.out_of_fold

    for number in range(marks.shape[1]):
        assert STATISTICS["Pearson r"](marks[:, number], calibration.given[:, number]) >= 0.87


def test_answers_to_other_questions_of_the_track_earn_hardly_anything(
    calibration: EssayCalibration,
) -> None:
    _, off_topic = calibration.out_of_fold

    assert off_topic.mean(axis=0).max() <= 1.5


def test_the_coefficients_are_those_of_the_answers(calibration: EssayCalibration) -> None:
    kept = json.loads(FITTED_ESSAYS.read_text("utf-8"))

    fitted = calibration.coefficients()

    assert fitted.keys() | {"provenance"} == kept.keys()
    for name in ("accuracy", "clarity", "coherence"):
        assert fitted[name]["base"] == pytest.approx(kept[name]["base"], abs=0.02)
        assert fitted[name]["curves"].keys() == kept[name]["curves"].keys()
    assert fitted["errorBound"] == pytest.approx(kept["errorBound"], abs=0.1)
