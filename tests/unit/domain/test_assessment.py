from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.accommodations import NO_ACCOMMODATIONS, Accommodations
from shared.domain.assessment import (
    LIFETIME,
    MAX_TEXT_LENGTH,
    Answer,
    AssessmentStatus,
    check_answer,
    ensure_complete,
    question_of,
    unanswered,
)
from shared.domain.degraded import DegradedReason
from shared.domain.errors import (
    AlreadySubmittedError,
    AssessmentExpiredError,
    DomainError,
    IncompleteAssessmentError,
    InvalidInputError,
    UnknownQuestionError,
)
from shared.domain.question import Question, QuestionId
from tests.builders import (
    MORE_TIME,
    NOON,
    a_degradation,
    a_profile_question,
    a_response,
    a_theoretical_question,
    an_assessment,
    an_essay_question,
    an_option,
    later,
    snapshots_of,
)

EXPIRY = NOON + LIFETIME
JUST_BEFORE = EXPIRY - timedelta(microseconds=1)
OPTIONS = (an_option("a", correct=True), an_option("b", correct=True), an_option("c"))

ESSAY = an_essay_question(max_length=20)
FREE_TEXT = a_profile_question(free_text=True)
SINGLE = a_theoretical_question(options=OPTIONS)
MULTIPLE = a_theoretical_question(options=OPTIONS, multiple=True)


class TestAccommodations:
    @pytest.mark.parametrize(
        ("accommodations", "is_accommodated"),
        [
            (NO_ACCOMMODATIONS, False),
            (Accommodations(time_multiplier=1.0, extra_days=0), False),
            (Accommodations(time_multiplier=1.01), True),
            (Accommodations(extra_days=1), True),
        ],
    )
    def test_it_is_accommodated_where_it_has_more_time_than_others(
        self, accommodations: Accommodations, *, is_accommodated: bool
    ) -> None:
        assessment = an_assessment(accommodations=accommodations)

        assert assessment.is_accommodated == is_accommodated

    def test_questions_are_shown_with_longer_limits_and_otherwise_as_they_are(self) -> None:
        snapshots = snapshots_of([SINGLE, ESSAY, FREE_TEXT])

        shown = an_assessment(accommodations=MORE_TIME).asks(snapshots)

        assert [s.question.time_limit_seconds for s in shown] == [135, 450, None]
        assert an_assessment().asks(snapshots) == snapshots
        assert [(s.position, s.question.id, s.question.prompt) for s in shown] == [
            (s.position, s.question.id, s.question.prompt) for s in snapshots
        ]
        assert SINGLE.time_limit_seconds == 90

    def test_the_deadline_at_the_start_can_be_told_whatever_it_is_now(self) -> None:
        first = an_assessment(accommodations=MORE_TIME)
        now = replace(first, expires_at=NOON, accommodations=NO_ACCOMMODATIONS)

        assert first.expires_at == NOON + LIFETIME + timedelta(days=7)
        assert now.as_started(MORE_TIME) == first


class TestTime:
    def test_it_is_open_until_the_last_instant(self) -> None:
        assessment = an_assessment()

        assert assessment.status_at(JUST_BEFORE) is AssessmentStatus.IN_PROGRESS
        assessment.ensure_open(JUST_BEFORE)

    def test_at_the_very_instant_it_has_expired(self) -> None:
        assessment = an_assessment()

        assert assessment.status_at(EXPIRY) is AssessmentStatus.EXPIRED
        with pytest.raises(AssessmentExpiredError, match="2026-01-08T12:00:00"):
            assessment.ensure_open(EXPIRY)

    @pytest.mark.parametrize(
        "status",
        [
            AssessmentStatus.SCORING,
            AssessmentStatus.IN_REVIEW,
            AssessmentStatus.COMPLETED,
            AssessmentStatus.FAILED,
        ],
    )
    def test_what_was_submitted_never_expires(self, status: AssessmentStatus) -> None:
        assessment = an_assessment(status=status)

        assert assessment.status_at(EXPIRY) is status

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (AssessmentStatus.SCORING, AlreadySubmittedError),
            (AssessmentStatus.IN_REVIEW, AlreadySubmittedError),
            (AssessmentStatus.COMPLETED, AlreadySubmittedError),
            (AssessmentStatus.FAILED, AlreadySubmittedError),
            (AssessmentStatus.EXPIRED, AssessmentExpiredError),
        ],
    )
    def test_only_one_in_progress_takes_answers(
        self, status: AssessmentStatus, error: type[DomainError]
    ) -> None:
        with pytest.raises(error):
            an_assessment(status=status).ensure_open(NOON)


class TestCourse:
    def test_submitting_locks_and_keeps_the_time(self) -> None:
        submitted = an_assessment().submit(later(60))

        assert submitted.status is AssessmentStatus.SCORING
        assert submitted.submitted_at == later(60)

    def test_it_can_be_submitted_once(self) -> None:
        with pytest.raises(AlreadySubmittedError):
            an_assessment().submit(NOON).submit(NOON)

    def test_it_cannot_be_submitted_once_it_has_expired(self) -> None:
        with pytest.raises(AssessmentExpiredError):
            an_assessment().submit(EXPIRY)

    def test_completing_keeps_the_time(self) -> None:
        completed = an_assessment().submit(NOON).complete(later(9))

        assert completed.status is AssessmentStatus.COMPLETED
        assert (completed.submitted_at, completed.completed_at) == (NOON, later(9))

    def test_failing_keeps_the_submission(self) -> None:
        failed = an_assessment().submit(NOON).fail()

        assert failed.status is AssessmentStatus.FAILED
        assert failed.submitted_at == NOON
        assert failed.completed_at is None


class TestDegradations:
    def test_they_are_kept_in_the_order_they_came(self) -> None:
        first = a_degradation(DegradedReason.ESSAY_SCORING_FALLBACK)
        second = a_degradation(DegradedReason.RETRIEVAL_FALLBACK)

        assert an_assessment().degrade(first).degrade(second).degradations == (first, second)

    def test_a_second_fault_of_the_same_kind_is_one_fact(self) -> None:
        first = a_degradation(cause="timeout")
        again = a_degradation(cause="rate_limited", at=later(5))

        assert an_assessment().degrade(first).degrade(again).degradations == (first,)
        assert an_assessment().degrade(first, again).degradations == (first,)

    def test_the_same_kind_counts_once_for_each_question(self) -> None:
        first = a_degradation(question_id="q_1")
        second = a_degradation(question_id="q_2")

        assert an_assessment().degrade(first, second).degrade(first).degradations == (first, second)


@pytest.mark.parametrize(
    ("answer", "is_blank"),
    [
        pytest.param(Answer(), True, id="nothing"),
        pytest.param(Answer(text=""), True, id="empty-text"),
        pytest.param(Answer(text=" \n\t\u00a0\u3000"), True, id="white-space-of-any-script"),
        pytest.param(Answer(text="."), False, id="a-full-stop"),
        pytest.param(Answer(selected=("a",)), False, id="an-option"),
    ],
)
def test_white_space_is_no_answer(answer: Answer, is_blank: bool) -> None:  # noqa: FBT001
    assert answer.is_blank is is_blank


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param(ESSAY, Answer(text="x" * 20), id="exactly-as-long-as-allowed"),
        pytest.param(ESSAY, Answer(text="😀" * 20), id="characters-not-bytes"),
        pytest.param(ESSAY, Answer(text=""), id="cleared-text"),
        pytest.param(ESSAY, Answer(text=" \n"), id="white-space"),
        pytest.param(FREE_TEXT, Answer(text="I like SQL."), id="free-text"),
        pytest.param(SINGLE, Answer(selected=("b",)), id="one-option"),
        pytest.param(SINGLE, Answer(), id="cleared-choice"),
        pytest.param(MULTIPLE, Answer(selected=("c", "a")), id="several-in-any-order"),
        pytest.param(
            an_essay_question(max_length=None),
            Answer(text="x" * MAX_TEXT_LENGTH),
            id="no-own-limit",
        ),
    ],
)
def test_an_answer_of_the_questions_kind_is_accepted(question: Question, answer: Answer) -> None:
    check_answer(question, answer, pointer="/responses/3/answer")


@pytest.mark.parametrize(
    ("question", "answer", "field", "fault"),
    [
        pytest.param(ESSAY, Answer(selected=("a",)), "text", '"text"', id="options-for-an-essay"),
        pytest.param(
            ESSAY, Answer(selected=("a",), text="x"), "text", '"text"', id="both-for-an-essay"
        ),
        pytest.param(ESSAY, Answer(), "text", '"text"', id="neither-for-an-essay"),
        pytest.param(
            ESSAY, Answer(text="x" * 21), "text", "21 characters; at most 20", id="too-long"
        ),
        pytest.param(
            an_essay_question(max_length=20_000),
            Answer(text="x" * 10_001),
            "text",
            "10001 characters; at most 10000",
            id="no-question-allows-more-than-the-api",
        ),
        pytest.param(
            FREE_TEXT, Answer(text="x" * 501), "text", "at most 500", id="free-text-too-long"
        ),
        pytest.param(SINGLE, Answer(text="a"), "selected", '"selected"', id="text-for-a-choice"),
        pytest.param(
            SINGLE, Answer(text=""), "selected", '"selected"', id="even-empty-text-for-a-choice"
        ),
        pytest.param(
            MULTIPLE, Answer(selected=("a", "a")), "selected", "named twice", id="an-option-twice"
        ),
        pytest.param(
            MULTIPLE,
            Answer(selected=("z", "a", "y")),
            "selected",
            "unknown options y, z; the options are a, b, c",
            id="unknown-options",
        ),
        pytest.param(
            SINGLE, Answer(selected=("a", "b")), "selected", "one option", id="two-for-a-single"
        ),
    ],
)
def test_an_answer_of_another_kind_is_refused_where_it_stands(
    question: Question, answer: Answer, field: str, fault: str
) -> None:
    with pytest.raises(InvalidInputError, match=fault) as caught:
        check_answer(question, answer, pointer="/responses/3/answer")

    assert caught.value.pointer == f"/responses/3/answer/{field}"


def test_a_question_is_found_as_this_assessment_asked_it() -> None:
    question = a_theoretical_question(id="q_1", prompt="As it was.")

    assert question_of(snapshots_of([SINGLE, question]), "q_1", pointer="") is question


def test_a_question_of_another_assessment_is_unknown() -> None:
    with pytest.raises(UnknownQuestionError, match="q_9") as caught:
        question_of(snapshots_of([SINGLE]), "q_9", pointer="/responses/0/questionId")

    assert caught.value.pointer == "/responses/0/questionId"


def test_unanswered_are_those_without_an_answer_in_their_order() -> None:
    first, second, third = (a_theoretical_question(id=f"q_{n}") for n in (1, 2, 3))
    snapshots = snapshots_of([first, second, third])
    responses = {
        QuestionId("q_2"): a_response(second),
        QuestionId("q_3"): a_response(third, answer=Answer()),
    }

    assert unanswered(snapshots, responses) == (snapshots[0], snapshots[2])


class TestCompleteness:
    def test_nothing_missing_is_complete(self) -> None:
        ensure_complete((), allow_incomplete=False)

    def test_what_is_missing_is_named(self) -> None:
        missing = snapshots_of([a_theoretical_question(id="q_1"), an_essay_question(id="q_2")])

        with pytest.raises(IncompleteAssessmentError, match="2 of the questions") as caught:
            ensure_complete(missing, allow_incomplete=False)

        assert caught.value.missing == ("q_1", "q_2")

    def test_a_student_may_say_that_it_is_meant(self) -> None:
        ensure_complete(snapshots_of([SINGLE]), allow_incomplete=True)


@pytest.mark.parametrize(
    ("status", "closed"),
    [
        (AssessmentStatus.IN_PROGRESS, AssessmentStatus.EXPIRED),
        (AssessmentStatus.SCORING, AssessmentStatus.FAILED),
        (AssessmentStatus.IN_REVIEW, AssessmentStatus.FAILED),
        (AssessmentStatus.COMPLETED, AssessmentStatus.COMPLETED),
        (AssessmentStatus.FAILED, AssessmentStatus.FAILED),
        (AssessmentStatus.EXPIRED, AssessmentStatus.EXPIRED),
    ],
)
def test_closing_ends_what_still_runs(status: AssessmentStatus, closed: AssessmentStatus) -> None:
    assessment = an_assessment(status=status)

    assert assessment.close() == replace(assessment, status=closed)
