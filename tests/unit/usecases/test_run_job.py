from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import (
    EngineRefusedError,
    EngineUnavailableError,
    JobBusyError,
    NotFoundError,
    PipelineUnavailableError,
)
from shared.domain.job import Job, JobId, JobKind, JobStatus
from shared.domain.metrics import Metric
from shared.ports.job_work import JobResult, JobWork
from shared.ports.store import Repositories
from shared.usecases.run_job import run_job
from tests.builders import NOON, TRACK, a_job, an_assessment, an_essay_score, an_id, later
from tests.fakes.metrics import Measured
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import MICROSECOND, ensure_no_transaction

ASSESSMENT: Final = an_id()
ESSAY: Final = an_id()
TOKEN: Final = "token 1"
SECOND_TOKEN: Final = "token 2"


@pytest.fixture
def job(world: FakeWiring) -> Job:
    return put(world, a_job(assessment_id=ASSESSMENT, kind=JobKind.SCORE_ESSAY, question_id=ESSAY))


def put(world: FakeWiring, job: Job) -> Job:
    assessment = an_assessment(id=job.assessment_id, status=AssessmentStatus.SCORING)
    with world.store.begin() as repositories:
        repositories.assessments.add(assessment, ())
        repositories.jobs.add([job])
    return job


def run(world: FakeWiring, job: Job, work: JobWork, *, token: str = TOKEN) -> None:
    run_job(
        job.id,
        token,
        work=work,
        store=world.store,
        tasks=world.tasks,
        clock=world.clock,
        metrics=world.metrics,
        lease=world.lease,
    )


class Worker:
    """Scores an essay; `meanwhile` happens while it does."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.meanwhile = meanwhile
        self.jobs: list[Job] = []

    def __call__(self, job: Job) -> JobResult:
        self.jobs.append(job)
        self.meanwhile()
        score = an_essay_score(
            assessment_id=job.assessment_id, question_id=ESSAY, attempt=job.attempt
        )
        return JobResult(
            output={"score": score.score, "attempt": job.attempt},
            track_id=TRACK,
            write=lambda repositories: repositories.assessments.add_essay_score(score),
        )


def fail_with(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def take_over(world: FakeWiring, job: Job) -> None:
    """Claim the job as another worker does when the lease is over."""
    world.clock.advance(world.lease)
    with world.store.begin() as repositories:
        repositories.jobs.claim(job.id, now=world.clock.now(), lease=world.lease)


def as_stored(world: FakeWiring, job: Job) -> Job:
    return world.store.state.jobs[job.id]


def scores(world: FakeWiring) -> list[int]:
    """Attempts whose scores are stored."""
    return [score.attempt for score in world.store.state.essay_scores.values()]


def test_a_worker_gets_the_job_that_it_claimed(world: FakeWiring, job: Job) -> None:
    worker = Worker()

    run(world, job, worker)

    [claimed] = worker.jobs
    assert (claimed.id, claimed.status, claimed.attempt) == (job.id, JobStatus.RUNNING, 1)
    assert (claimed.started_at, claimed.lease_until) == (NOON, NOON + world.lease)


def test_the_work_is_done_outside_any_transaction(world: FakeWiring, job: Job) -> None:
    run(world, job, Worker(lambda: ensure_no_transaction(world.store)))


def test_the_outcome_is_stored_and_the_waiting_state_told(world: FakeWiring, job: Job) -> None:
    run(world, job, Worker(lambda: world.clock.advance(timedelta(seconds=2))))

    done = as_stored(world, job)
    assert (done.status, done.finished_at) == (JobStatus.SUCCEEDED, later(2))
    assert done.output == {"score": 7.3, "attempt": 1}
    assert scores(world) == [1]
    assert world.tasks.completed == {TOKEN: done.output}


def test_the_stage_is_timed_by_kind_and_track(world: FakeWiring, job: Job) -> None:
    run(world, job, Worker(lambda: world.clock.advance(timedelta(seconds=1.5))))

    assert world.metrics.measured == [
        Measured(Metric.STAGE_DURATION, 1500.0, {"stage": "score_essay", "track": TRACK})
    ]


def test_a_job_that_is_done_answers_again_without_doing_it_again(
    world: FakeWiring, job: Job
) -> None:
    worker = Worker()
    run(world, job, worker)

    run(world, job, worker, token=SECOND_TOKEN)

    assert world.tasks.completed == {TOKEN: world.tasks.completed[SECOND_TOKEN]} | {
        SECOND_TOKEN: {"score": 7.3, "attempt": 1}
    }
    assert len(worker.jobs) == 1
    assert scores(world) == [1]
    assert len(world.metrics.measured) == 1


@pytest.mark.parametrize("output", [{"score": 4.0}, None], ids=["with-output", "without"])
def test_what_the_fallback_did_is_answered_too(
    world: FakeWiring, output: dict[str, float] | None
) -> None:
    job = put(world, a_job(status=JobStatus.FELL_BACK, output=output))
    worker = Worker()

    run(world, job, worker)

    assert world.tasks.completed == {TOKEN: output or {}}
    assert worker.jobs == []


@pytest.mark.parametrize(
    "status", [s for s in AssessmentStatus if s is not AssessmentStatus.SCORING]
)
def test_what_is_scored_no_longer_is_not_worked_on(
    world: FakeWiring, job: Job, status: AssessmentStatus
) -> None:
    with world.store.begin() as repositories:
        assessment = repositories.assessments.get(job.assessment_id)
        repositories.assessments.save(replace(assessment, status=status))
    worker = Worker()

    run(world, job, worker)

    assert worker.jobs == []
    assert as_stored(world, job) == job
    assert {error for error, _ in world.tasks.failed.values()} == {"no_longer_scored"}


def test_while_one_worker_holds_the_job_another_leaves_it(world: FakeWiring, job: Job) -> None:
    second = Worker()

    def deliver_again() -> None:
        world.clock.advance(world.lease - MICROSECOND)
        with pytest.raises(JobBusyError):
            run(world, job, second, token=SECOND_TOKEN)

    run(world, job, Worker(deliver_again))

    assert second.jobs == []
    assert list(world.tasks.completed) == [TOKEN]


def test_an_unknown_job_is_not_done(world: FakeWiring) -> None:
    worker = Worker()

    with pytest.raises(NotFoundError):
        run(world, a_job(id=JobId(an_id())), worker)

    assert worker.jobs == []
    assert (world.tasks.completed, world.tasks.failed) == ({}, {})


def test_a_refusal_fails_the_waiting_state_at_once(world: FakeWiring, job: Job) -> None:
    refusal = EngineRefusedError("the engine will not mark this", reason="refused")

    run(world, job, Worker(fail_with(refusal)))

    assert world.tasks.failed == {TOKEN: ("refused", "the engine will not mark this")}
    assert world.tasks.completed == {}


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(EngineUnavailableError("slow", reason="timeout"), id="a-transient-fault"),
        pytest.param(ZeroDivisionError("a bug"), id="an-unexpected-one"),
    ],
)
def test_any_other_error_is_worth_another_delivery(
    world: FakeWiring, job: Job, error: Exception
) -> None:
    with pytest.raises(type(error)):
        run(world, job, Worker(fail_with(error)))

    assert (world.tasks.completed, world.tasks.failed) == ({}, {})


@pytest.mark.parametrize(
    "error",
    [
        EngineRefusedError("no", reason="refused"),
        EngineUnavailableError("slow", reason="timeout"),
        ZeroDivisionError("a bug"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_job_that_failed_is_free_for_the_next_delivery_at_once(
    world: FakeWiring, job: Job, error: Exception
) -> None:
    with suppress(EngineUnavailableError, ZeroDivisionError):
        run(world, job, Worker(fail_with(error)))

    released = as_stored(world, job)
    assert (released.status, released.lease_until) == (JobStatus.QUEUED, None)
    assert (released.output, scores(world), world.metrics.measured) == (None, [], [])
    run(world, job, Worker(), token=SECOND_TOKEN)
    assert scores(world) == [2]


def test_a_worker_that_lost_its_lease_stores_nothing(world: FakeWiring, job: Job) -> None:
    def deliver_again() -> None:
        world.clock.advance(world.lease)
        run(world, job, Worker(), token=SECOND_TOKEN)

    with pytest.raises(JobBusyError):
        run(world, job, Worker(deliver_again))

    assert scores(world) == [2]
    assert as_stored(world, job).output == {"score": 7.3, "attempt": 2}
    assert list(world.tasks.completed) == [SECOND_TOKEN]
    assert len(world.metrics.measured) == 1


def test_it_stores_nothing_while_the_other_is_still_at_work(world: FakeWiring, job: Job) -> None:
    with pytest.raises(JobBusyError):
        run(world, job, Worker(lambda: take_over(world, job)))

    assert (scores(world), world.tasks.completed, world.metrics.measured) == ([], {}, [])
    assert as_stored(world, job).status is JobStatus.RUNNING


def test_a_late_failure_does_not_free_the_job_that_another_holds(
    world: FakeWiring, job: Job
) -> None:
    def take_over_and_fail() -> None:
        take_over(world, job)
        raise EngineUnavailableError("slow", reason="timeout")

    with pytest.raises(EngineUnavailableError):
        run(world, job, Worker(take_over_and_fail))

    held = as_stored(world, job)
    assert (held.status, held.attempt) == (JobStatus.RUNNING, 2)
    assert held.lease_until == world.clock.now() + world.lease


def test_outcome_and_end_of_the_job_are_one_transaction(world: FakeWiring, job: Job) -> None:
    def break_off(job: Job) -> JobResult:
        result = Worker()(job)

        def write_and_break(repositories: Repositories) -> None:
            result.write(repositories)
            raise RuntimeError("the machine dies here")

        return JobResult(output=result.output, track_id=TRACK, write=write_and_break)

    with pytest.raises(RuntimeError):
        run(world, job, break_off)

    assert as_stored(world, job).status is JobStatus.RUNNING
    assert (scores(world), world.tasks.completed) == ([], {})


def test_a_crash_after_the_commit_is_mended_by_the_next_delivery(
    world: FakeWiring, job: Job
) -> None:
    world.tasks.is_available = False
    with pytest.raises(PipelineUnavailableError):
        run(world, job, Worker())
    assert as_stored(world, job).is_done

    world.tasks.is_available = True
    run(world, job, Worker())

    assert world.tasks.completed == {TOKEN: {"score": 7.3, "attempt": 1}}
    assert scores(world) == [1]
