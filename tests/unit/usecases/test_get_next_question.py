import pytest

from shared.domain.assessment import LIFETIME, Answer, Assessment, Snapshot
from shared.domain.errors import AlreadySubmittedError, AssessmentExpiredError, NotFoundError
from shared.domain.user import Caller
from shared.usecases.get_next_question import get_next_question
from tests.builders import MORE_TIME, NOON, a_theoretical_question
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADVISOR, OWNER, SOMEBODY_ELSE, UNKNOWN, open_assessment

FIRST, SECOND, THIRD = (a_theoretical_question() for _ in range(3))
ANSWER = Answer(selected=("a",))


def ask(world: FakeWiring, assessment: Assessment, caller: Caller = OWNER) -> Snapshot | None:
    return get_next_question(assessment.id, caller, store=world.store, clock=world.clock)


def test_questions_come_in_their_order_whichever_was_answered_first(world: FakeWiring) -> None:
    assessment = open_assessment(world, [FIRST, SECOND, THIRD], {SECOND.id: ANSWER})

    assert ask(world, assessment) == Snapshot(position=1, question=FIRST)


def test_a_blank_answer_is_asked_for_again(world: FakeWiring) -> None:
    assessment = open_assessment(
        world, [FIRST, SECOND, THIRD], {FIRST.id: ANSWER, SECOND.id: Answer()}
    )

    assert ask(world, assessment) == Snapshot(position=2, question=SECOND)


def test_the_question_has_the_time_limit_of_the_accommodations(world: FakeWiring) -> None:
    snapshot = ask(world, open_assessment(world, [FIRST, SECOND], accommodations=MORE_TIME))

    assert snapshot is not None
    assert (snapshot.question.id, snapshot.question.time_limit_seconds) == (FIRST.id, 135)


def test_after_the_last_answer_there_is_none(world: FakeWiring) -> None:
    assert ask(world, open_assessment(world, [FIRST], {FIRST.id: ANSWER})) is None


def test_an_expired_assessment_asks_nothing(world: FakeWiring) -> None:
    assessment = open_assessment(world, [FIRST])
    world.clock.advance(LIFETIME)

    with pytest.raises(AssessmentExpiredError):
        ask(world, assessment)


def test_a_submitted_assessment_asks_nothing(world: FakeWiring) -> None:
    assessment = open_assessment(world, [FIRST])
    with world.store.begin() as repositories:
        repositories.assessments.save(assessment.submit(NOON))

    with pytest.raises(AlreadySubmittedError):
        ask(world, assessment)


@pytest.mark.parametrize("caller", [SOMEBODY_ELSE, ADVISOR], ids=["student", "advisor"])
def test_only_the_student_who_takes_it_is_asked(world: FakeWiring, caller: Caller) -> None:
    assessment = open_assessment(world, [FIRST])

    with pytest.raises(NotFoundError):
        ask(world, assessment, caller)


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        get_next_question(UNKNOWN, OWNER, store=world.store, clock=world.clock)
