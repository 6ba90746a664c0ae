import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import NotFoundError
from shared.domain.event import EventType
from shared.usecases.fail_assessment import fail_assessment
from tests.builders import NOON, TRACK
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import UNKNOWN, put_status


def fail(world: FakeWiring) -> None:
    fail_assessment(
        ASSESSMENT, "States.TaskFailed", store=world.store, ids=world.ids, clock=world.clock
    )


def test_giving_up_marks_the_assessment_and_keeps_what_there_is() -> None:
    world = world_at(Stage.SCORED)
    before = world.store.state.copy()

    fail(world)

    failed = world.store.state.assessments[ASSESSMENT]
    assert (failed.status, failed.completed_at) == (AssessmentStatus.FAILED, None)
    assert failed.submitted_at == before.assessments[ASSESSMENT].submitted_at
    assert world.store.state.essay_scores == before.essay_scores
    assert world.store.state.responses == before.responses


def test_the_world_is_told_why() -> None:
    world = world_at(Stage.SUBMITTED)

    fail(world)

    [event] = world.store.state.outbox.values()
    assert event.id
    assert (event.type, event.student_id) == (EventType.ASSESSMENT_FAILED, STUDENT)
    assert (event.sequence, event.occurred_at) == (1, NOON)
    assert event.data == {
        "assessmentId": ASSESSMENT,
        "trackId": TRACK,
        "error": "States.TaskFailed",
    }


@pytest.mark.parametrize(
    "status",
    [AssessmentStatus.IN_PROGRESS, AssessmentStatus.COMPLETED, AssessmentStatus.FAILED],
)
def test_what_is_not_being_scored_is_left_alone(status: AssessmentStatus) -> None:
    world = world_at(Stage.SUBMITTED)
    put_status(world, status)
    before = world.store.state.copy()

    fail(world)

    assert world.store.state == before


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        fail_assessment(UNKNOWN, "x", store=world.store, ids=world.ids, clock=world.clock)
