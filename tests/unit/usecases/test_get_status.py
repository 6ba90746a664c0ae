from datetime import datetime, timedelta

import pytest

from shared.domain.assessment import LIFETIME, AssessmentStatus
from shared.domain.errors import NotFoundError
from shared.domain.job import JobKind, JobStatus
from shared.domain.progress import UNMEASURED_SECONDS, StageName, StageState
from shared.domain.user import Caller
from shared.usecases.get_status import SAMPLE, AssessmentProgress, get_status
from tests.builders import NOON, a_job, an_id, later
from tests.fakes.sample_world import ASSESSMENT, ESSAY_JOBS, SUBMITTED_AT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    ADMIN,
    ADVISOR,
    OWNER,
    SOMEBODY_ELSE,
    UNKNOWN,
    claimed,
    put_status,
)


def ask(world: FakeWiring, caller: Caller = OWNER) -> AssessmentProgress:
    return get_status(ASSESSMENT, caller, store=world.store, clock=world.clock)


def states(status: AssessmentProgress) -> dict[StageName, StageState]:
    return {stage.name: stage.state for stage in status.progress.stages}


def measure(world: FakeWiring, kind: JobKind, *seconds: float, until: datetime = NOON) -> None:
    """Let other assessments have had jobs of a kind that took so long."""
    with world.store.begin() as repositories:
        repositories.jobs.add(
            [
                a_job(
                    assessment_id=an_id(),
                    kind=kind,
                    status=JobStatus.SUCCEEDED,
                    started_at=until,
                    finished_at=until + timedelta(seconds=took),
                )
                for took in seconds
            ]
        )


def test_before_the_submission_all_is_pending() -> None:
    status = ask(world_at(Stage.ANSWERED))

    assert (status.assessment.id, status.status) == (ASSESSMENT, AssessmentStatus.IN_PROGRESS)
    assert status.progress.percent == 0
    assert set(states(status).values()) == {StageState.PENDING}
    assert status.progress.estimated_seconds_remaining is None


def test_after_it_the_rules_have_scored_and_the_rest_is_to_come() -> None:
    status = ask(world_at(Stage.SUBMITTED))

    assert status.status is AssessmentStatus.SCORING
    assert status.progress.percent == 10
    assert states(status) == {
        StageName.RULE_SCORING: StageState.COMPLETED,
        StageName.ESSAY_SCORING: StageState.PENDING,
        StageName.RECOMMENDATIONS: StageState.PENDING,
    }
    assert status.progress.stages[0].finished_at == SUBMITTED_AT


def test_while_an_essay_is_scored_its_stage_runs() -> None:
    world = world_at(Stage.SUBMITTED)
    claimed(world, ESSAY_JOBS[0])

    status = ask(world)

    assert states(status)[StageName.ESSAY_SCORING] is StageState.RUNNING
    assert status.progress.percent == 16  # 10 + 60 / 3 * 0.3


def test_after_the_essays_the_recommendations_are_left() -> None:
    status = ask(world_at(Stage.SCORED))

    assert status.progress.percent == 70
    assert states(status)[StageName.ESSAY_SCORING] is StageState.COMPLETED
    assert states(status)[StageName.RECOMMENDATIONS] is StageState.PENDING


def test_when_it_is_completed_nothing_remains() -> None:
    status = ask(world_at(Stage.COMPLETED))

    assert status.status is AssessmentStatus.COMPLETED
    assert status.progress.percent == 100
    assert set(states(status).values()) == {StageState.COMPLETED}
    assert status.progress.estimated_seconds_remaining is None


def test_a_failed_assessment_shows_where_it_stopped() -> None:
    world = world_at(Stage.SCORED)
    put_status(world, AssessmentStatus.FAILED)

    status = ask(world)

    assert status.status is AssessmentStatus.FAILED
    assert states(status)[StageName.RECOMMENDATIONS] is StageState.FAILED


def test_an_assessment_whose_time_is_up_is_expired() -> None:
    world = world_at(Stage.ANSWERED)
    world.clock.advance(LIFETIME)

    assert ask(world).status is AssessmentStatus.EXPIRED


def test_the_estimate_is_what_jobs_of_the_kinds_to_come_have_typically_taken() -> None:
    world = world_at(Stage.SUBMITTED)
    measure(world, JobKind.SCORE_ESSAY, 9, 1, 4)
    measure(world, JobKind.RETRIEVE_CREDENTIALS, 2)
    measure(world, JobKind.FUSE_RESULTS, 10)

    assert ask(world).progress.estimated_seconds_remaining == 4 + 2 + 10


def test_kinds_that_are_done_do_not_count() -> None:
    world = world_at(Stage.RETRIEVED)
    measure(world, JobKind.SCORE_ESSAY, 100)
    measure(world, JobKind.RETRIEVE_CREDENTIALS, 100)
    measure(world, JobKind.FUSE_RESULTS, 7)

    assert ask(world).progress.estimated_seconds_remaining == 7


def test_a_kind_that_was_never_measured_is_guessed() -> None:
    world = world_at(Stage.RETRIEVED)

    assert ask(world).progress.estimated_seconds_remaining == UNMEASURED_SECONDS


def test_the_estimate_rests_on_the_newest_jobs() -> None:
    world = world_at(Stage.RETRIEVED)
    measure(world, JobKind.FUSE_RESULTS, *[60] * SAMPLE, until=later(-3600))
    measure(world, JobKind.FUSE_RESULTS, *[3] * SAMPLE)

    assert ask(world).progress.estimated_seconds_remaining == 3


@pytest.mark.parametrize("staff", [ADVISOR, ADMIN], ids=["advisor", "admin"])
def test_staff_see_the_progress_of_all(staff: Caller) -> None:
    assert ask(world_at(Stage.SCORED), staff).progress.percent == 70


def test_another_students_assessment_looks_unknown() -> None:
    with pytest.raises(NotFoundError):
        ask(world_at(Stage.SCORED), SOMEBODY_ELSE)


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        get_status(UNKNOWN, ADMIN, store=world.store, clock=world.clock)
