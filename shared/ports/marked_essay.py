"""What an engine makes of an essay, within the budget, beside what a second one makes of it."""

from shared.domain.assessment import Assessment
from shared.domain.errors import EngineError
from shared.domain.essay import (
    NO_USAGE,
    EssayMarks,
    EssayTask,
    SecondReading,
    blank_marks,
    verify_marks,
    weigh,
)
from shared.ports.essay_scorer import EssayScorer, SecondReader
from shared.ports.model_budget import ModelBudget


def mark_essay(
    task: EssayTask,
    assessment: Assessment,
    *,
    scorer: EssayScorer,
    budget: ModelBudget,
    purpose: str,
) -> EssayMarks:
    """Ask the engine, and charge the prompt under `purpose`; a blank answer needs no engine.

    Raises `EngineError`, also when the budget is spent.
    """
    if not task.answer.strip():
        return blank_marks(task.rubric)
    budget.ensure_left(assessment)
    try:
        marks = scorer.score(task)
    except EngineError as error:
        if error.is_charged:
            budget.charge(assessment, purpose=purpose, usage=NO_USAGE)
        raise
    budget.charge(assessment, purpose=purpose, usage=marks.usage)
    return marks


def read_again(task: EssayTask, reader: SecondReader | None) -> SecondReading | None:
    """Return what the second engine makes of the answer; one that fails is done without."""
    if reader is None or not task.answer.strip():
        return None
    try:
        marks = reader.scorer.score(task)
    except EngineError:
        return None
    return SecondReading(
        score=weigh(verify_marks(marks, task.answer), task.rubric),
        provenance=marks.provenance,
        bound=reader.bound,
    )
