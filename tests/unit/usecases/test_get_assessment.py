import pytest

from shared.domain.assessment import LIFETIME, Answer, Assessment, AssessmentStatus
from shared.domain.errors import NotFoundError
from shared.domain.user import Caller
from shared.usecases.get_assessment import OpenedAssessment, get_assessment
from tests.builders import MORE_TIME, NOON, a_response, a_theoretical_question
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    ADMIN,
    ADVISOR,
    OWNER,
    SOMEBODY_ELSE,
    UNKNOWN,
    open_assessment,
)

FIRST, SECOND, THIRD = (a_theoretical_question() for _ in range(3))
ANSWER = Answer(selected=("a",))


def read(world: FakeWiring, assessment: Assessment, caller: Caller = OWNER) -> OpenedAssessment:
    return get_assessment(assessment.id, caller, store=world.store, clock=world.clock)


@pytest.mark.parametrize("caller", [OWNER, ADVISOR, ADMIN], ids=["owner", "advisor", "admin"])
def test_the_owner_and_staff_read_questions_and_answers(world: FakeWiring, caller: Caller) -> None:
    assessment = open_assessment(world, [FIRST, SECOND], {FIRST.id: ANSWER})

    opened = read(world, assessment, caller)

    assert opened.assessment == assessment
    assert opened.status is AssessmentStatus.IN_PROGRESS
    assert [(s.position, s.question) for s in opened.snapshots] == [(1, FIRST), (2, SECOND)]
    assert opened.responses == {FIRST.id: a_response(FIRST, answer=ANSWER)}
    assert opened.read_at == NOON


def test_one_goes_on_with_the_first_question_that_has_no_answer(world: FakeWiring) -> None:
    assessment = open_assessment(
        world, [FIRST, SECOND, THIRD], {FIRST.id: ANSWER, SECOND.id: Answer(), THIRD.id: ANSWER}
    )

    following = read(world, assessment).next_snapshot

    assert following is not None
    assert following.question == SECOND


def test_when_all_is_answered_there_is_no_next_question(world: FakeWiring) -> None:
    assessment = open_assessment(world, [FIRST], {FIRST.id: ANSWER})

    assert read(world, assessment).next_snapshot is None


@pytest.mark.parametrize("caller", [OWNER, ADVISOR], ids=["owner", "advisor"])
def test_questions_have_the_time_limits_of_the_accommodations(
    world: FakeWiring, caller: Caller
) -> None:
    assessment = open_assessment(world, [FIRST], accommodations=MORE_TIME)

    opened = read(world, assessment, caller)

    assert opened.assessment.is_accommodated
    assert [s.question.time_limit_seconds for s in opened.snapshots] == [135]
    assert opened.next_snapshot == opened.snapshots[0]


def test_an_assessment_whose_time_is_up_reads_as_expired(world: FakeWiring) -> None:
    assessment = open_assessment(world, [FIRST])
    world.clock.advance(LIFETIME)

    assert read(world, assessment).status is AssessmentStatus.EXPIRED


def test_another_students_assessment_looks_unknown(world: FakeWiring) -> None:
    theirs = open_assessment(world, [FIRST])

    with pytest.raises(NotFoundError):
        read(world, theirs, SOMEBODY_ELSE)


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        get_assessment(UNKNOWN, ADMIN, store=world.store, clock=world.clock)
