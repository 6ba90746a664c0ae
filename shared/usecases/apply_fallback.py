"""Do a failed job the plain way, and say so on the result."""

from dataclasses import dataclass
from typing import Final

from shared.domain.assessment import Assessment
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.errors import JobBusyError
from shared.domain.essay import EssayScore, EssayScoreId, blank_marks, score_of, task_of
from shared.domain.job import Job, JobId, JobKind, JobStatus, output_of
from shared.domain.job_output import read_retrieval, retrieval_output, summary_output
from shared.domain.metrics import Metric
from shared.ports.clock import Clock
from shared.ports.essay_scorer import EssayScorer
from shared.ports.ids import Ids
from shared.ports.job_work import JobResult
from shared.ports.metrics import Metrics
from shared.ports.plain_recommendation import look_up_credentials, summarize_retrieval
from shared.ports.scored_assessment import read_scored
from shared.ports.store import Repositories, Store
from shared.ports.summarizer import Summarizer

REASON: Final = {
    JobKind.SCORE_ESSAY: DegradedReason.ESSAY_SCORING_FALLBACK,
    JobKind.RETRIEVE_CREDENTIALS: DegradedReason.RETRIEVAL_FALLBACK,
    JobKind.FUSE_RESULTS: DegradedReason.SUMMARY_FALLBACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """The engines that work without a network."""

    scorer: EssayScorer
    summarizer: Summarizer


def apply_fallback(
    job_id: JobId,
    cause: str,
    *,
    fallback: Fallback,
    store: Store,
    ids: Ids,
    clock: Clock,
    metrics: Metrics,
) -> None:
    """Finish the job with the fallback; a job that was finished after all is left alone.

    All of it is one transaction on the locked assessment: the fallbacks are quick, and a worker
    that comes back to life must not finish the same job in between.
    """
    now = clock.now()
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(repositories.jobs.get(job_id).assessment_id)
        job = repositories.jobs.get(job_id)
        if job.is_done:
            return
        result = _do(job, assessment, repositories, fallback=fallback, ids=ids, clock=clock)
        is_ours = repositories.jobs.finish(
            job.id, attempt=job.attempt, status=JobStatus.FELL_BACK, output=result.output, now=now
        )
        if not is_ours:
            raise JobBusyError(f"job {job.id} was claimed again meanwhile")
        result.write(repositories)
        repositories.assessments.save(
            assessment.degrade(
                Degradation(
                    reason=REASON[job.kind], at=now, cause=cause, question_id=job.question_id
                )
            )
        )
    metrics.count(Metric.DEGRADED, reason=REASON[job.kind].value, track=assessment.track_id)


def _do(
    job: Job,
    assessment: Assessment,
    repositories: Repositories,
    *,
    fallback: Fallback,
    ids: Ids,
    clock: Clock,
) -> JobResult:
    match job.kind:
        case JobKind.SCORE_ESSAY:
            assessment.ensure_engines_may_read()
            score = _score(job, fallback.scorer, repositories, ids, clock)
            return JobResult(
                output={"essayScoreId": score.id, "score": score.score},
                track_id=assessment.track_id,
                write=lambda repositories: repositories.assessments.add_essay_score(score),
            )
        case JobKind.RETRIEVE_CREDENTIALS:
            scored = read_scored(repositories, assessment)
            output = retrieval_output(look_up_credentials(scored, repositories))
        case JobKind.FUSE_RESULTS:
            scored = read_scored(repositories, assessment)
            jobs = repositories.jobs.of_assessment(job.assessment_id)
            retrieval = read_retrieval(output_of(jobs, JobKind.RETRIEVE_CREDENTIALS))
            output = summary_output(
                summarize_retrieval(scored, retrieval, repositories, fallback.summarizer)
            )
    return JobResult(output=output, track_id=assessment.track_id, write=lambda _: None)


def _score(
    job: Job, scorer: EssayScorer, repositories: Repositories, ids: Ids, clock: Clock
) -> EssayScore:
    task = task_of(
        job.question_id,
        repositories.assessments.snapshots(job.assessment_id),
        repositories.assessments.responses(job.assessment_id),
    )
    marks = scorer.score(task) if task.answer.strip() else blank_marks(task.rubric)
    return score_of(
        marks,
        task,
        id=EssayScoreId(ids.new()),
        assessment_id=job.assessment_id,
        attempt=job.attempt,
        at=clock.now(),
    )
