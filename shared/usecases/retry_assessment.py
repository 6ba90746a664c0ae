"""Score an assessment again that nothing could finish."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.assessment import AssessmentId
from shared.domain.audit import OPERATOR
from shared.domain.errors import PipelineUnavailableError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.job import Job, jobs_of
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.pipeline import Pipeline
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedAssessment:
    assessment_id: AssessmentId
    is_replay: bool


def retry_assessment(
    assessment_id: AssessmentId,
    *,
    caller: Caller | None,
    idempotency: IdempotencyKey | None,
    store: Store,
    pipeline: Pipeline,
    ids: Ids,
    clock: Clock,
) -> RetriedAssessment:
    """Start the pipeline again for a failed assessment, and leave an audit row.

    `caller` is None for an operator. Jobs that are done keep what they came to, so nothing is
    paid for twice; one that is missing is made anew. When the pipeline is away the retry stands,
    and `reconcile` starts it.

    Raises:
        NotFoundError: there is no such assessment.
        AssessmentNotFailedError: its scoring has not failed; says what to do instead.
        IdempotencyConflictError: the key came with another request.
    """
    now = clock.now()
    retry_id = ids.new()
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(assessment_id)
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=retry_id, now=now)
            if first != retry_id:
                return RetriedAssessment(assessment_id=assessment_id, is_replay=True)
        repositories.assessments.save(assessment.retry(now))
        snapshots = repositories.assessments.snapshots(assessment_id)
        repositories.jobs.add(jobs_of(assessment_id, snapshots, new_id=ids.new))
        jobs = repositories.jobs.of_assessment(assessment_id)
        noted = repositories.assessments.pipeline_run(assessment_id)
        repositories.audit.append(
            actor=OPERATOR if caller is None else caller.user_id,
            action="assessment.retried",
            subject=assessment_id,
            details={"jobs": len(jobs), "done": sum(job.is_done for job in jobs), "runs": noted},
            at=now,
        )
    run = _start(assessment_id, jobs, noted, pipeline)
    if run is not None:
        with store.begin() as repositories:
            repositories.assessments.mark_pipeline_started(assessment_id, run=run, at=clock.now())
    return RetriedAssessment(assessment_id=assessment_id, is_replay=False)


def _start(
    assessment_id: AssessmentId, jobs: Sequence[Job], noted: int, pipeline: Pipeline
) -> int | None:
    """Return the run that was started; None when the pipeline is away.

    The next one, or the one after it where that ended and a crash left it unnoted.
    """
    try:
        return next(
            (r for r in (noted + 1, noted + 2) if pipeline.start(assessment_id, jobs, run=r)), None
        )
    except PipelineUnavailableError:
        return None
