"""Run one job of the pipeline so that it takes effect once, however often it is delivered."""

from datetime import datetime, timedelta

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import EngineRefusedError, JobBusyError, NoLongerScoredError
from shared.domain.job import Job, JobId, JobStatus
from shared.domain.metrics import Metric
from shared.ports.clock import Clock
from shared.ports.job_work import JobWork
from shared.ports.metrics import Metrics
from shared.ports.store import Store
from shared.ports.tasks import Tasks


def run_job(
    job_id: JobId,
    task_token: str,
    *,
    work: JobWork,
    store: Store,
    tasks: Tasks,
    clock: Clock,
    metrics: Metrics,
    lease: timedelta,
) -> None:
    """Claim the job, do it outside any transaction, finish it, and wake the waiting state.

    A finished job that is delivered again answers with its stored output. A job whose assessment is
    scored no longer, which a late message or a redrive brings, is left alone. A refusal fails the
    waiting state at once. Raises `EngineUnavailableError` or `JobBusyError` when the message is
    worth another delivery.
    """
    started = clock.now()
    try:
        job = _claim(job_id, started, store, lease)
    except NoLongerScoredError as error:
        tasks.fail(task_token, error=error.code, cause=str(error))
        return
    if job.is_done:
        tasks.complete(task_token, job.output or {})
        return
    try:
        result = work(job)
    except EngineRefusedError as error:
        _release(job, store)
        tasks.fail(task_token, error=error.reason, cause=str(error))
        return
    except Exception:
        _release(job, store)
        raise
    finished = clock.now()
    with store.begin() as repositories:
        # The job first: its row is the lock, and whoever lost it must not touch the scores.
        is_ours = repositories.jobs.finish(
            job.id,
            attempt=job.attempt,
            status=JobStatus.SUCCEEDED,
            output=result.output,
            now=finished,
        )
        if not is_ours:
            raise JobBusyError(f"job {job.id} was taken over; its outcome is the other worker's")
        result.write(repositories)
    metrics.milliseconds(
        Metric.STAGE_DURATION,
        (finished - started).total_seconds() * 1000,
        stage=job.kind.value,
        track=result.track_id,
    )
    tasks.complete(task_token, result.output)


def _claim(job_id: JobId, now: datetime, store: Store, lease: timedelta) -> Job:
    with store.begin() as repositories:
        job = repositories.jobs.claim(job_id, now=now, lease=lease)
        if not job.is_done:
            assessment = repositories.assessments.get(job.assessment_id)
            if assessment.status is not AssessmentStatus.SCORING:
                raise NoLongerScoredError(f"assessment {assessment.id} is {assessment.status}")
    return job


def _release(job: Job, store: Store) -> None:
    with store.begin() as repositories:
        repositories.jobs.release(job.id, attempt=job.attempt)
