"""Score one essay: ask the engine, verify its evidence, compare, append the score."""

from typing import Final

from shared.domain.assessment import Assessment
from shared.domain.errors import EngineError
from shared.domain.essay import (
    NO_USAGE,
    EssayMarks,
    EssayScoreId,
    EssayTask,
    SecondReading,
    blank_marks,
    score_of,
    task_of,
    verify_marks,
    weigh,
)
from shared.domain.job import Job
from shared.ports.clock import Clock
from shared.ports.essay_scorer import EssayScorer, SecondReader
from shared.ports.ids import Ids
from shared.ports.job_work import JobResult
from shared.ports.model_budget import ModelBudget
from shared.ports.store import Store

PURPOSE: Final = "score_essay"


def score_essay(
    job: Job,
    *,
    store: Store,
    scorer: EssayScorer,
    budget: ModelBudget,
    ids: Ids,
    clock: Clock,
    second_reader: SecondReader | None = None,
) -> JobResult:
    """Return the score, to be stored with the end of the job. Raises `EngineError`."""
    with store.begin() as repositories:
        assessment = repositories.assessments.get(job.assessment_id)
        task = task_of(
            job.question_id,
            repositories.assessments.snapshots(job.assessment_id),
            repositories.assessments.responses(job.assessment_id),
        )
    second = _read_again(task, second_reader)
    score = score_of(
        _mark(task, assessment, scorer, budget),
        task,
        id=EssayScoreId(ids.new()),
        assessment_id=job.assessment_id,
        attempt=job.attempt,
        at=clock.now(),
        second=second,
    )
    return JobResult(
        output={"essayScoreId": score.id, "score": score.score},
        track_id=assessment.track_id,
        write=lambda repositories: repositories.assessments.add_essay_score(score),
    )


def _mark(
    task: EssayTask, assessment: Assessment, scorer: EssayScorer, budget: ModelBudget
) -> EssayMarks:
    if not task.answer.strip():
        return blank_marks(task.rubric)
    budget.ensure_left(assessment)
    try:
        marks = scorer.score(task)
    except EngineError as error:
        if error.is_charged:
            budget.charge(assessment, purpose=PURPOSE, usage=NO_USAGE)
        raise
    budget.charge(assessment, purpose=PURPOSE, usage=marks.usage)
    return marks


def _read_again(task: EssayTask, reader: SecondReader | None) -> SecondReading | None:
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
