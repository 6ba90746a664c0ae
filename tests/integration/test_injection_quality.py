"""How much text for the grader is caught, and how much honest text is not: bounds.

`make calibrate-injection` prints all rates with their intervals.
"""

import pytest

from evals.injection.eval_injection import ESSAYS, Rate, rate_of, rates
from evals.json_lines import read_lines
from local_stack.settings import ROOT
from shared.adapters.injection import find_flags
from shared.wiring import wiring

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def figures() -> list[Rate]:
    return rates(read_lines(ESSAYS))


def test_most_hostile_essays_are_caught(figures: list[Rate]) -> None:
    assert rate_of(figures, "test", "hostile").share >= 0.92


def test_few_honest_essays_are_flagged(figures: list[Rate]) -> None:
    assert rate_of(figures, "test", "honest").share <= 0.03


def test_no_question_and_no_reference_answer_of_the_seeds_is_flagged() -> None:
    questions = [seed.content for seed in wiring.seed_source(ROOT / "seeds").read().questions]
    texts = [q.prompt for q in questions]
    texts += [q.rubric.reference_answer for q in questions if q.rubric]

    assert [text for text in texts if find_flags(text)] == []
