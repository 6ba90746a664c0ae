"""Score one essay: ask the engine, verify its evidence, compare, append the score."""

from typing import Final

from shared.domain.essay import EssayScoreId, score_of, task_of
from shared.domain.job import Job
from shared.ports.clock import Clock
from shared.ports.essay_scorer import EssayScorer, SecondReader
from shared.ports.ids import Ids
from shared.ports.job_work import JobResult
from shared.ports.marked_essay import mark_essay, read_again
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
        assessment.ensure_engines_may_read()
        task = task_of(
            job.question_id,
            repositories.assessments.snapshots(job.assessment_id),
            repositories.assessments.responses(job.assessment_id),
        )
    second = read_again(task, second_reader)
    score = score_of(
        mark_essay(task, assessment, scorer=scorer, budget=budget, purpose=PURPOSE),
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
