from dataclasses import replace

import pytest

from shared.domain.assessment import LIFETIME, AssessmentStatus
from shared.domain.errors import (
    AssessmentNotFailedError,
    IdempotencyConflictError,
    NotFoundError,
)
from shared.domain.idempotency import IdempotencyKey
from shared.domain.job import JobStatus
from shared.domain.user import Caller
from shared.usecases.reconcile import STALLED_AFTER, reconcile
from shared.usecases.retry_assessment import RetriedAssessment, retry_assessment
from tests.builders import NOON
from tests.fakes.sample_world import (
    ASSESSMENT,
    ESSAY_JOBS,
    FUSION_JOB,
    RETRIEVAL_JOB,
    Stage,
    world_at,
)
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, UNKNOWN, a_key, put_status


@pytest.fixture
def world() -> FakeWiring:
    """All essays are scored, and then the pipeline's first run gave up."""
    world = world_at(Stage.SCORED)
    world.pipeline.started[ASSESSMENT, 1] = ()
    put_status(world, AssessmentStatus.FAILED)
    return world


def retry(
    world: FakeWiring,
    *,
    caller: Caller | None = ADMIN,
    idempotency: IdempotencyKey | None = None,
) -> RetriedAssessment:
    return retry_assessment(
        ASSESSMENT,
        caller=caller,
        idempotency=idempotency,
        store=world.store,
        pipeline=world.pipeline,
        ids=world.ids,
        clock=world.clock,
    )


def test_a_failed_assessment_is_scored_again_in_another_run(world: FakeWiring) -> None:
    retry(world)

    assert world.store.state.assessments[ASSESSMENT].status is AssessmentStatus.SCORING
    assert world.pipeline.running == {(ASSESSMENT, 2)}
    assert world.store.state.runs[ASSESSMENT].run == 2


def test_what_was_done_already_is_kept_and_its_job_named_again(world: FakeWiring) -> None:
    before = world.store.state.copy()

    retry(world)

    assert world.store.state.jobs == before.jobs
    assert world.store.state.essay_scores == before.essay_scores
    assert set(world.pipeline.started[ASSESSMENT, 2]) == {*ESSAY_JOBS, RETRIEVAL_JOB, FUSION_JOB}


def test_a_job_that_is_missing_is_made_anew(world: FakeWiring) -> None:
    lost = world.store.state.jobs.pop(ESSAY_JOBS[0])

    retry(world)

    (made,) = [j for j in world.store.state.jobs.values() if j.question_id == lost.question_id]
    assert (made.kind, made.status, made.attempt) == (lost.kind, JobStatus.QUEUED, 0)
    assert made.id in world.pipeline.started[ASSESSMENT, 2]
    assert len(world.store.state.jobs) == 5


def test_it_is_audited_with_what_there_was_to_do(world: FakeWiring) -> None:
    retry(world)

    (entry,) = world.store.state.audit
    assert (entry.actor, entry.action, entry.subject, entry.at) == (
        ADMIN.user_id,
        "assessment.retried",
        ASSESSMENT,
        NOON,
    )
    assert entry.details == {"jobs": 5, "done": 3, "runs": 1}


def test_the_person_at_the_terminal_is_the_operator(world: FakeWiring) -> None:
    retry(world, caller=None)

    assert [entry.actor for entry in world.store.state.audit] == ["operator"]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (AssessmentStatus.IN_PROGRESS, "submitted"),
        (AssessmentStatus.SCORING, "follow its status"),
        (AssessmentStatus.COMPLETED, "read its result"),
        (AssessmentStatus.EXPIRED, "start a new one"),
    ],
)
def test_another_is_left_alone_and_the_caller_told_what_to_do(
    world: FakeWiring, status: AssessmentStatus, remedy: str
) -> None:
    put_status(world, status)
    before = world.store.state.copy()

    with pytest.raises(AssessmentNotFailedError, match=remedy):
        retry(world)

    assert world.store.state == before
    assert list(world.pipeline.started) == [(ASSESSMENT, 1)]


def test_one_whose_time_is_up_is_expired_whatever_its_row_says(world: FakeWiring) -> None:
    put_status(world, AssessmentStatus.IN_PROGRESS)
    world.clock.advance(LIFETIME)

    with pytest.raises(AssessmentNotFailedError, match="expired"):
        retry(world)


def test_the_same_key_retries_once(world: FakeWiring) -> None:
    key = a_key(scope=ADMIN.user_id)

    first, again = retry(world, idempotency=key), retry(world, idempotency=key)

    assert (first.is_replay, again.is_replay) == (False, True)
    assert first.assessment_id == again.assessment_id == ASSESSMENT
    assert len(world.store.state.audit) == 1
    assert world.pipeline.running == {(ASSESSMENT, 2)}


def test_the_same_key_with_another_request_is_a_conflict(world: FakeWiring) -> None:
    retry(world, idempotency=a_key(scope=ADMIN.user_id))

    with pytest.raises(IdempotencyConflictError):
        retry(world, idempotency=a_key(scope=ADMIN.user_id, request="request 2"))


def test_a_refusal_does_not_use_up_the_key(world: FakeWiring) -> None:
    key = a_key(scope=ADMIN.user_id)
    put_status(world, AssessmentStatus.COMPLETED)
    with pytest.raises(AssessmentNotFailedError):
        retry(world, idempotency=key)
    put_status(world, AssessmentStatus.FAILED)

    assert not retry(world, idempotency=key).is_replay


def test_it_can_fail_and_be_retried_again(world: FakeWiring) -> None:
    retry(world)
    world.pipeline.running.clear()
    put_status(world, AssessmentStatus.FAILED)

    retry(world)

    assert world.pipeline.running == {(ASSESSMENT, 3)}


def test_a_run_that_ended_without_being_noted_is_passed_over(world: FakeWiring) -> None:
    world.pipeline.started[ASSESSMENT, 2] = ()

    retry(world)

    assert world.pipeline.running == {(ASSESSMENT, 3)}
    assert world.store.state.runs[ASSESSMENT].run == 3


def test_while_the_pipeline_is_away_the_retry_stands_and_reconcile_starts_it(
    world: FakeWiring,
) -> None:
    world.pipeline.is_available = False
    retry(world)
    assert world.store.state.assessments[ASSESSMENT].status is AssessmentStatus.SCORING
    assert world.pipeline.running == set()

    world.pipeline.is_available = True
    world.clock.advance(STALLED_AFTER)
    done = reconcile(store=world.store, pipeline=world.pipeline, clock=world.clock)

    assert done.started == 1
    assert world.pipeline.running == {(ASSESSMENT, 2)}


def test_degradations_of_the_first_run_stay(world: FakeWiring) -> None:
    state = world.store.state
    job = state.jobs[ESSAY_JOBS[0]]
    state.jobs[job.id] = replace(job, status=JobStatus.FELL_BACK)

    retry(world)

    assert world.store.state.jobs[job.id].status is JobStatus.FELL_BACK


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        retry_assessment(
            UNKNOWN,
            caller=ADMIN,
            idempotency=None,
            store=world.store,
            pipeline=world.pipeline,
            ids=world.ids,
            clock=world.clock,
        )
