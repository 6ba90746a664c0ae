"""Jobs: the lock that makes work happen once, on every store."""

from datetime import timedelta

import pytest

from shared.domain.errors import JobBusyError, NotFoundError
from shared.domain.job import Job, JobId, JobKind, JobStatus
from shared.ports.store import Store
from tests.builders import NOON, a_job, an_id, later
from tests.integration.stored import stored_assessment

LEASE = timedelta(seconds=30)


def stored_job(store: Store, job: Job | None = None) -> Job:
    assessment, _ = stored_assessment(store)
    job = job or a_job(assessment_id=assessment.id)
    with store.begin() as repositories:
        repositories.jobs.add([job])
    return job


def claim(store: Store, job_id: JobId, *, seconds: float = 0) -> Job:
    with store.begin() as repositories:
        return repositories.jobs.claim(job_id, now=later(seconds), lease=LEASE)


def finish(
    store: Store,
    job_id: JobId,
    *,
    attempt: int,
    status: JobStatus = JobStatus.SUCCEEDED,
    seconds: float = 0,
) -> bool:
    with store.begin() as repositories:
        return repositories.jobs.finish(
            job_id, attempt=attempt, status=status, output={"score": 7.5}, now=later(seconds)
        )


def read(store: Store, job_id: JobId) -> Job:
    with store.begin() as repositories:
        return repositories.jobs.get(job_id)


def test_jobs_come_back_equal_by_kind_and_question(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    first, second = sorted(s.question.id for s in snapshots[3:5])
    jobs = (
        a_job(assessment_id=assessment.id, kind=JobKind.FUSE_RESULTS),
        a_job(assessment_id=assessment.id, kind=JobKind.RETRIEVE_CREDENTIALS),
        a_job(assessment_id=assessment.id, kind=JobKind.SCORE_ESSAY, question_id=first),
        a_job(assessment_id=assessment.id, kind=JobKind.SCORE_ESSAY, question_id=second),
    )

    with store.begin() as repositories:
        repositories.jobs.add(jobs[::-1])

    with store.begin() as repositories:
        assert repositories.jobs.of_assessment(assessment.id) == jobs
        assert repositories.jobs.get(jobs[0].id) == jobs[0]


def test_a_job_that_exists_is_left_alone(store: Store) -> None:
    job = stored_job(store)
    again = a_job(assessment_id=job.assessment_id, kind=job.kind)
    other = a_job(assessment_id=job.assessment_id, kind=JobKind.FUSE_RESULTS)

    with store.begin() as repositories:
        repositories.jobs.add([again, other])
        repositories.jobs.add([])

    with store.begin() as repositories:
        assert repositories.jobs.of_assessment(job.assessment_id) == (other, job)


@pytest.mark.parametrize("id", [an_id(), "no-uuid"])
def test_an_unknown_job_is_not_found(store: Store, id: str) -> None:
    unknown = JobId(id)

    with pytest.raises(NotFoundError):
        read(store, unknown)
    with pytest.raises(NotFoundError):
        claim(store, unknown)
    assert finish(store, unknown, attempt=1) is False


def test_claiming_takes_the_job_for_the_length_of_the_lease(store: Store) -> None:
    job = stored_job(store)

    claimed = claim(store, job.id)

    assert claimed == read(store, job.id)
    assert (claimed.status, claimed.attempt) == (JobStatus.RUNNING, 1)
    assert (claimed.started_at, claimed.lease_until) == (NOON, NOON + LEASE)


def test_a_leased_job_is_busy_until_the_lease_ends(store: Store) -> None:
    job = stored_job(store)
    claim(store, job.id)

    with pytest.raises(JobBusyError):
        claim(store, job.id, seconds=29.999)
    claimed = claim(store, job.id, seconds=30)

    assert claimed.attempt == 2
    assert claimed.started_at == NOON


def test_a_finished_job_is_returned_as_it_is(store: Store) -> None:
    job = stored_job(store)
    claim(store, job.id)
    assert finish(store, job.id, attempt=1, seconds=5)

    again = claim(store, job.id, seconds=99)

    assert (again.status, again.attempt, again.output) == (JobStatus.SUCCEEDED, 1, {"score": 7.5})
    assert (again.finished_at, again.lease_until) == (later(5), None)


def test_an_attempt_that_lost_its_lease_cannot_finish(store: Store) -> None:
    job = stored_job(store)
    claim(store, job.id)
    claim(store, job.id, seconds=30)

    assert finish(store, job.id, attempt=1) is False
    assert finish(store, job.id, attempt=2) is True


def test_a_late_worker_cannot_replace_the_fallback(store: Store) -> None:
    job = stored_job(store)
    claim(store, job.id)
    assert finish(store, job.id, attempt=1, status=JobStatus.FELL_BACK)

    assert finish(store, job.id, attempt=1) is False
    assert read(store, job.id).status is JobStatus.FELL_BACK


def test_a_job_that_nobody_claimed_can_fall_back(store: Store) -> None:
    job = stored_job(store)

    assert finish(store, job.id, attempt=0, status=JobStatus.FELL_BACK)
    assert read(store, job.id).started_at is None


def test_a_released_job_can_be_claimed_at_once(store: Store) -> None:
    job = stored_job(store)
    claim(store, job.id)

    with store.begin() as repositories:
        repositories.jobs.release(job.id, attempt=1)

    released = read(store, job.id)
    assert (released.status, released.lease_until) == (JobStatus.QUEUED, None)
    assert claim(store, job.id, seconds=1).attempt == 2


def test_an_attempt_that_lost_its_lease_cannot_release_the_next(store: Store) -> None:
    job = stored_job(store)
    claim(store, job.id)
    claim(store, job.id, seconds=30)

    with store.begin() as repositories:
        repositories.jobs.release(job.id, attempt=1)

    with pytest.raises(JobBusyError):
        claim(store, job.id, seconds=31)


def test_releasing_a_finished_job_does_nothing(store: Store) -> None:
    job = stored_job(store)
    claim(store, job.id)
    finish(store, job.id, attempt=1)

    with store.begin() as repositories:
        repositories.jobs.release(job.id, attempt=1)

    assert read(store, job.id).status is JobStatus.SUCCEEDED


def test_the_typical_run_time_is_the_median_of_the_newest(store: Store) -> None:
    for start, seconds in ((0, 100), (200, 3), (300, 5), (400, 4), (500, 4)):
        job = stored_job(store)
        claim(store, job.id, seconds=start)
        finish(store, job.id, attempt=1, seconds=start + seconds)
    unclaimed = stored_job(store)
    finish(store, unclaimed.id, attempt=0, status=JobStatus.FELL_BACK, seconds=600)

    with store.begin() as repositories:
        typical = repositories.jobs.typical_seconds
        kind = JobKind.RETRIEVE_CREDENTIALS
        assert typical(kind, sample=4) == 4.0
        assert typical(kind, sample=2) == 4.0
        assert typical(kind, sample=3) == 4.0
        assert typical(kind, sample=100) == 4.0
        assert typical(JobKind.SCORE_ESSAY, sample=4) is None
