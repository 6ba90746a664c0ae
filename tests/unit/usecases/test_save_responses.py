from datetime import timedelta

import pytest

from shared.domain.analytics import Answered, answered_id
from shared.domain.assessment import LIFETIME, Answer, Assessment
from shared.domain.errors import (
    AlreadySubmittedError,
    AssessmentExpiredError,
    InvalidInputError,
    NotFoundError,
    UnknownQuestionError,
)
from shared.domain.question import QuestionType
from shared.domain.user import Caller
from shared.usecases.save_responses import GivenAnswer, SavedResponses, save_responses
from tests.builders import (
    NOON,
    a_profile_question,
    a_response,
    a_theoretical_question,
    an_analytics_event,
    an_assessment,
    an_essay_question,
    later,
    snapshots_of,
)
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    ADVISOR,
    MICROSECOND,
    OWNER,
    SOMEBODY_ELSE,
    UNKNOWN,
    open_assessment,
)

THEORY = a_theoretical_question()
ESSAY = an_essay_question()
INTEREST = a_profile_question()
ELSEWHERE = a_theoretical_question()
A = Answer(selected=("a",))
B = Answer(selected=("b",))


@pytest.fixture
def assessment(world: FakeWiring) -> Assessment:
    return open_assessment(world, [THEORY, ESSAY, INTEREST])


def given(question_id: str, answer: Answer, *, number: int = 0) -> GivenAnswer:
    return GivenAnswer(question_id=question_id, answer=answer, pointer=f"/responses/{number}")


def save(
    world: FakeWiring, assessment: Assessment, *answers: GivenAnswer, caller: Caller = OWNER
) -> SavedResponses:
    return save_responses(assessment.id, answers, caller, store=world.store, clock=world.clock)


def test_answers_are_saved_with_their_time(world: FakeWiring, assessment: Assessment) -> None:
    essay = Answer(text="It is atomic.")

    saved = save(world, assessment, given(THEORY.id, A), given(ESSAY.id, essay))

    assert saved == SavedResponses(saved=2, answered=2, total=3)
    assert world.store.state.responses == {
        (assessment.id, THEORY.id): a_response(THEORY, answer=A, saved_at=NOON),
        (assessment.id, ESSAY.id): a_response(ESSAY, answer=essay, saved_at=NOON),
    }


def test_saving_again_replaces(world: FakeWiring, assessment: Assessment) -> None:
    save(world, assessment, given(THEORY.id, A))
    world.clock.advance(timedelta(seconds=9))

    saved = save(world, assessment, given(THEORY.id, B))

    assert saved == SavedResponses(saved=1, answered=1, total=3)
    assert list(world.store.state.responses.values()) == [
        a_response(THEORY, answer=B, saved_at=later(9))
    ]


def test_answers_to_other_questions_stay(world: FakeWiring, assessment: Assessment) -> None:
    save(world, assessment, given(THEORY.id, A))

    saved = save(world, assessment, given(INTEREST.id, B))

    assert saved == SavedResponses(saved=1, answered=2, total=3)


def test_clearing_an_answer_makes_it_unanswered(world: FakeWiring, assessment: Assessment) -> None:
    save(world, assessment, given(ESSAY.id, Answer(text="It is atomic.")))

    saved = save(world, assessment, given(ESSAY.id, Answer(text=" \n")))

    assert saved == SavedResponses(saved=1, answered=0, total=3)


def test_of_two_answers_to_one_question_the_later_counts(
    world: FakeWiring, assessment: Assessment
) -> None:
    save(world, assessment, given(THEORY.id, A), given(THEORY.id, B, number=1))

    assert world.store.state.responses[assessment.id, THEORY.id].answer == B


@pytest.mark.parametrize(
    ("bad", "error", "pointer"),
    [
        pytest.param(
            given("no-such-question", A, number=1),
            UnknownQuestionError,
            "/responses/1/questionId",
            id="a-question-that-does-not-exist",
        ),
        pytest.param(
            given(ELSEWHERE.id, A, number=1),
            UnknownQuestionError,
            "/responses/1/questionId",
            id="a-question-of-another-assessment",
        ),
        pytest.param(
            given(INTEREST.id, Answer(selected=("z",)), number=1),
            InvalidInputError,
            "/responses/1/answer/selected",
            id="an-unknown-option",
        ),
        pytest.param(
            given(ESSAY.id, Answer(text="x" * 4001), number=1),
            InvalidInputError,
            "/responses/1/answer/text",
            id="a-text-that-is-too-long",
        ),
    ],
)
def test_one_bad_answer_and_nothing_of_the_batch_is_saved(
    world: FakeWiring,
    assessment: Assessment,
    bad: GivenAnswer,
    error: type[InvalidInputError],
    pointer: str,
) -> None:
    open_assessment(world, [ELSEWHERE])

    with pytest.raises(error) as caught:
        save(world, assessment, given(THEORY.id, A), bad)

    assert caught.value.pointer == pointer
    assert world.store.state.responses == {}


def test_a_text_that_cannot_be_stored_loses_nothing(
    world: FakeWiring, assessment: Assessment
) -> None:
    save(world, assessment, given(THEORY.id, A))

    with pytest.raises(InvalidInputError):
        save(
            world,
            assessment,
            given(THEORY.id, B),
            given(ESSAY.id, Answer(text="nul \0"), number=1),
        )

    assert world.store.state.responses == {(assessment.id, THEORY.id): a_response(THEORY, answer=A)}


def test_answers_are_taken_until_the_last_instant(
    world: FakeWiring, assessment: Assessment
) -> None:
    world.clock.advance(LIFETIME - MICROSECOND)
    save(world, assessment, given(THEORY.id, A))

    world.clock.advance(MICROSECOND)
    with pytest.raises(AssessmentExpiredError):
        save(world, assessment, given(THEORY.id, B))

    assert world.store.state.responses[assessment.id, THEORY.id].answer == A


def test_after_the_submission_answers_are_locked(world: FakeWiring) -> None:
    submitted = an_assessment(student_id=OWNER.user_id).submit(NOON)
    with world.store.begin() as repositories:
        repositories.assessments.add(submitted, snapshots_of([THEORY]))

    with pytest.raises(AlreadySubmittedError):
        save(world, submitted, given(THEORY.id, A))

    assert world.store.state.responses == {}


@pytest.mark.parametrize("caller", [SOMEBODY_ELSE, ADVISOR], ids=["student", "advisor"])
def test_nobody_answers_for_another(
    world: FakeWiring, assessment: Assessment, caller: Caller
) -> None:
    with pytest.raises(NotFoundError):
        save(world, assessment, given(THEORY.id, A), caller=caller)

    assert world.store.state.responses == {}


def test_an_assessment_of_another_looks_like_none_even_when_it_is_over(world: FakeWiring) -> None:
    theirs = open_assessment(world, [THEORY])
    world.clock.advance(LIFETIME)

    with pytest.raises(NotFoundError) as not_mine:
        save(world, theirs, caller=SOMEBODY_ELSE)
    with pytest.raises(NotFoundError) as unknown:
        save(world, an_assessment(id=UNKNOWN), caller=SOMEBODY_ELSE)

    assert str(not_mine.value).replace(theirs.id, "") == str(unknown.value).replace(UNKNOWN, "")


def told(world: FakeWiring) -> list[str]:
    """Return the slugs of the questions that a warehouse is told the answering of, in order."""
    slugs = {q.id: q.slug for q in (THEORY, ESSAY, INTEREST)}
    facts = [event.fact for event in world.store.state.facts.values()]
    return [slugs[fact.question_id] for fact in facts if isinstance(fact, Answered)]


def test_a_warehouse_is_told_that_a_question_was_answered_and_not_how(
    world: FakeWiring, assessment: Assessment
) -> None:
    save(world, assessment, given(ESSAY.id, Answer(text="It is atomic.")))

    [event] = world.store.state.facts.values()
    assert event == an_analytics_event(
        id=answered_id(assessment.id, ESSAY.id),
        assessment_id=assessment.id,
        fact=Answered(
            track_id=assessment.track_id,
            question_id=ESSAY.id,
            question_version=ESSAY.version,
            question_type=QuestionType.ESSAY,
            domain=ESSAY.domain,
            position=2,
        ),
    )


def test_a_batch_is_told_by_question_in_the_order_of_the_assessment(
    world: FakeWiring, assessment: Assessment
) -> None:
    essay = given(ESSAY.id, Answer(text="It is atomic."))

    save(world, assessment, given(INTEREST.id, A), essay, given(THEORY.id, A))

    assert told(world) == [THEORY.slug, ESSAY.slug, INTEREST.slug]
    assert [event.sequence for event in world.store.state.facts.values()] == [1, 2, 3]


def test_autosaves_corrections_and_second_thoughts_are_not_told(
    world: FakeWiring, assessment: Assessment
) -> None:
    for text in ("It is", "It is", "It is atomic.", " ", "It is atomic, I think."):
        save(world, assessment, given(ESSAY.id, Answer(text=text)))

    assert told(world) == [ESSAY.slug]


def test_a_blank_answer_is_told_when_it_becomes_one(
    world: FakeWiring, assessment: Assessment
) -> None:
    save(world, assessment, given(ESSAY.id, Answer(text=" ")), given(THEORY.id, A, number=1))
    assert told(world) == [THEORY.slug]

    save(world, assessment, given(ESSAY.id, Answer(text="It is atomic.")))
    assert told(world) == [THEORY.slug, ESSAY.slug]


def test_what_is_answered_and_cleared_in_one_batch_is_not_told(
    world: FakeWiring, assessment: Assessment
) -> None:
    save(world, assessment, given(THEORY.id, A), given(THEORY.id, Answer(), number=1))

    assert told(world) == []


def test_what_is_not_saved_is_not_told(world: FakeWiring, assessment: Assessment) -> None:
    with pytest.raises(UnknownQuestionError):
        save(world, assessment, given(THEORY.id, A), given("no-such-question", A, number=1))

    assert told(world) == []
