"""Assessments, their questions and their responses, as every store keeps them."""

from dataclasses import replace

import pytest

from shared.domain.assessment import Answer, AssessmentId, AssessmentStatus
from shared.domain.consent import NOT_ASKED, AiScoring, Consent
from shared.domain.degraded import DegradedReason
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.level import Level
from shared.domain.user import UserId
from shared.ports.store import Page, Store
from tests.builders import (
    TRACK,
    a_consent,
    a_degradation,
    a_response,
    a_theoretical_question,
    an_assessment,
    an_id,
    later,
    snapshots_of,
)
from tests.integration.stored import put_questions, stored_assessment, stored_student

SCORING = AssessmentStatus.SCORING


def test_an_assessment_and_its_questions_come_back_equal(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)

    with store.begin() as repositories:
        assert repositories.assessments.get(assessment.id) == assessment
        assert repositories.assessments.lock(assessment.id) == assessment
        assert repositories.assessments.snapshots(assessment.id) == snapshots
        assert repositories.assessments.responses(assessment.id) == {}


@pytest.mark.parametrize("id", [an_id(), "no-uuid", ""])
def test_an_unknown_assessment_is_not_found_and_has_nothing(store: Store, id: str) -> None:
    unknown = AssessmentId(id)
    with store.begin() as repositories:
        for read in (repositories.assessments.get, repositories.assessments.lock):
            with pytest.raises(NotFoundError):
                read(unknown)
        assert repositories.assessments.snapshots(unknown) == ()
        assert repositories.assessments.responses(unknown) == {}
        assert repositories.assessments.consents(unknown) == ()
        assert repositories.assessments.profile(unknown) is None
        assert repositories.assessments.rule_scores(unknown) == ()
        assert repositories.assessments.essay_scores(unknown) == ()
        assert repositories.assessments.pipeline_run(unknown) == 0


def test_questions_come_in_the_order_of_their_positions(store: Store) -> None:
    earlier, _ = stored_assessment(store)
    assessment = an_assessment(student_id=earlier.student_id)
    questions = (a_theoretical_question(), a_theoretical_question())
    snapshots = snapshots_of(questions)

    with store.begin() as repositories:
        put_questions(repositories, *questions)
        repositories.assessments.add(assessment, tuple(reversed(snapshots)))

    with store.begin() as repositories:
        assert repositories.assessments.snapshots(assessment.id) == snapshots


def test_a_question_that_is_edited_stays_as_it_was_asked(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    asked = snapshots[0].question

    with store.begin() as repositories:
        edited = replace(asked, prompt="Something else entirely?")
        repositories.questions.put(edited, content_hash="edited")
        repositories.questions.deactivate_all_but(TRACK, [])

    with store.begin() as repositories:
        assert repositories.assessments.snapshots(assessment.id)[0].question == asked


def test_saving_replaces_status_times_and_degradations_only(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    changed = replace(
        assessment,
        status=SCORING,
        expires_at=later(7),
        submitted_at=later(8),
        completed_at=later(9),
        degradations=(
            a_degradation(question_id=an_id()),
            a_degradation(DegradedReason.INCOMPLETE_DATA),
        ),
    )

    with store.begin() as repositories:
        repositories.assessments.save(
            replace(changed, track_version=5, experience_level=Level.ADVANCED)
        )

    with store.begin() as repositories:
        assert repositories.assessments.get(assessment.id) == changed


def test_responses_come_back_equal_by_question(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    responses = [a_response(s.question) for s in snapshots]

    with store.begin() as repositories:
        repositories.assessments.save_responses(assessment.id, responses)

    with store.begin() as repositories:
        expected = {r.question_id: r for r in responses}
        assert repositories.assessments.responses(assessment.id) == expected


@pytest.mark.parametrize(
    "answer",
    [
        Answer(selected=("a", "b")),
        Answer(selected=()),
        Answer(text=""),
        Answer(text=" \n\t "),
        Answer(text='"quotes", \\ {braces}, NULL, 🎓 e\u0301 \u202e'),
        Answer(text="x" * 10_000),
        Answer(selected=("NULL", "", "a,b", '"', "{}", "\\")),
    ],
)
def test_an_answer_comes_back_character_by_character(store: Store, answer: Answer) -> None:
    assessment, snapshots = stored_assessment(store)
    question_id = snapshots[0].question.id

    with store.begin() as repositories:
        response = a_response(question_id, answer=answer)
        repositories.assessments.save_responses(assessment.id, [response])

    with store.begin() as repositories:
        assert repositories.assessments.responses(assessment.id)[question_id].answer == answer


def test_a_later_response_replaces_the_earlier_also_within_one_batch(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    question = snapshots[0].question
    first, second, third = (
        a_response(question, answer=Answer(selected=(option,)), saved_at=later(i))
        for i, option in enumerate("abc")
    )

    with store.begin() as repositories:
        repositories.assessments.save_responses(assessment.id, [first])
        repositories.assessments.save_responses(assessment.id, [second, third])
        repositories.assessments.save_responses(assessment.id, [])

    with store.begin() as repositories:
        assert repositories.assessments.responses(assessment.id) == {question.id: third}


@pytest.mark.parametrize("text", ["before\0after", "\ud800", "a\udfffb"])
def test_text_that_cannot_be_stored_is_refused_and_loses_nothing(store: Store, text: str) -> None:
    assessment, snapshots = stored_assessment(store)
    good, bad = snapshots[3].question, snapshots[4].question
    with store.begin() as repositories:
        repositories.assessments.save_responses(assessment.id, [a_response(good)])

    with pytest.raises(InvalidInputError), store.begin() as repositories:
        response = a_response(bad, answer=Answer(text=text))
        repositories.assessments.save_responses(assessment.id, [response])

    with store.begin() as repositories:
        assert repositories.assessments.responses(assessment.id) == {good.id: a_response(good)}


def test_pages_are_newest_first_and_end(store: Store) -> None:
    student = stored_student(store)
    made = [stored_assessment(store, student_id=student)[0] for _ in range(5)]
    stored_assessment(store)  # somebody else's
    newest_first = tuple(reversed(made))

    with store.begin() as repositories:
        page_of = repositories.assessments.page_of
        first = page_of(student, limit=2, after=None)
        second = page_of(student, limit=2, after=first.next_cursor)
        third = page_of(student, limit=2, after=second.next_cursor)
        whole = page_of(student, limit=5, after=None)

    assert (first.items, second.items, third.items) == (
        newest_first[:2],
        newest_first[2:4],
        newest_first[4:],
    )
    assert first.next_cursor == newest_first[1].id
    assert third.next_cursor is None
    assert whole == Page(items=newest_first, next_cursor=None)


@pytest.mark.parametrize("student", [an_id(), "no-uuid"])
def test_a_student_without_assessments_has_an_empty_page(store: Store, student: str) -> None:
    with store.begin() as repositories:
        page = repositories.assessments.page_of(UserId(student), limit=2, after=None)
    assert page == Page(items=(), next_cursor=None)


def test_a_cursor_that_is_no_id_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInputError), store.begin() as repositories:
        student = UserId(an_id())
        repositories.assessments.page_of(student, limit=2, after=AssessmentId("no-uuid"))


def test_the_newest_pipeline_run_is_remembered(store: Store) -> None:
    assessment, _ = stored_assessment(store)

    with store.begin() as repositories:
        runs = [repositories.assessments.pipeline_run(assessment.id)]
        for run in (1, 2, 1):
            repositories.assessments.mark_pipeline_started(assessment.id, run=run, at=later(run))
            runs.append(repositories.assessments.pipeline_run(assessment.id))

    assert runs == [0, 1, 2, 2]


def test_saving_an_assessment_does_not_forget_its_run(store: Store) -> None:
    assessment, _ = stored_assessment(store)

    with store.begin() as repositories:
        repositories.assessments.mark_pipeline_started(assessment.id, run=1, at=later(1))
        repositories.assessments.save(assessment)

        assert repositories.assessments.pipeline_run(assessment.id) == 1


def _stuck(store: Store, *, limit: int = 10) -> tuple[AssessmentId, ...]:
    with store.begin() as repositories:
        return repositories.assessments.stuck(
            unstarted_before=later(100), running_before=later(50), limit=limit
        )


def test_submitted_and_never_started_is_stuck_after_a_while(store: Store) -> None:
    older, _ = stored_assessment(store, status=SCORING, submitted_at=later(98))
    old, _ = stored_assessment(store, status=SCORING, submitted_at=later(99))
    stored_assessment(store, status=SCORING, submitted_at=later(100))

    assert _stuck(store) == (older.id, old.id)
    assert _stuck(store, limit=1) == (older.id,)


def test_running_for_too_long_is_stuck_by_its_newest_run(store: Store) -> None:
    slow, _ = stored_assessment(store, status=SCORING, submitted_at=later(1))
    restarted, _ = stored_assessment(store, status=SCORING, submitted_at=later(2))
    with store.begin() as repositories:
        mark = repositories.assessments.mark_pipeline_started
        mark(slow.id, run=1, at=later(49))
        mark(restarted.id, run=1, at=later(2))
        mark(restarted.id, run=2, at=later(50))

    assert _stuck(store) == (slow.id,)


def test_marking_the_same_run_again_does_not_hide_that_it_is_stuck(store: Store) -> None:
    assessment, _ = stored_assessment(store, status=SCORING, submitted_at=later(1))
    with store.begin() as repositories:
        for seconds in (2, 60):
            repositories.assessments.mark_pipeline_started(assessment.id, run=1, at=later(seconds))

    assert _stuck(store) == (assessment.id,)


@pytest.mark.parametrize("status", sorted(set(AssessmentStatus) - {SCORING}))
def test_only_assessments_in_scoring_are_stuck(store: Store, status: AssessmentStatus) -> None:
    stored_assessment(store, status=status, submitted_at=later(1))

    assert _stuck(store) == ()


def test_a_decision_on_ai_scoring_comes_back_with_the_assessment(store: Store) -> None:
    consent = a_consent(AiScoring.CONSENTED)
    asked, _ = stored_assessment(store, consent=consent)
    other, _ = stored_assessment(store)

    with store.begin() as repositories:
        assert repositories.assessments.get(asked.id) == asked
        assert repositories.assessments.consents(asked.id) == (consent,)
        assert repositories.assessments.get(other.id).consent == NOT_ASKED
        assert repositories.assessments.consents(other.id) == ()


@pytest.mark.parametrize("first", [a_consent(AiScoring.CONSENTED), NOT_ASKED])
def test_the_last_decision_is_in_force_and_all_are_kept(store: Store, first: Consent) -> None:
    assessment, _ = stored_assessment(store, consent=first)
    later_ones = (a_consent(at=later(1)), a_consent(AiScoring.CONSENTED, at=later(2)))
    for consent in later_ones:
        with store.begin() as repositories:
            repositories.assessments.save_consent(assessment.id, consent)

    with store.begin() as repositories:
        assert repositories.assessments.get(assessment.id).consent == later_ones[-1]
        decisions = repositories.assessments.consents(assessment.id)
    assert decisions == ((first,) if first != NOT_ASKED else ()) + later_ones


def test_saving_an_assessment_leaves_its_decision(store: Store) -> None:
    assessment, _ = stored_assessment(store, consent=a_consent())

    with store.begin() as repositories:
        repositories.assessments.save(replace(assessment.submit(later(1)), consent=NOT_ASKED))

    with store.begin() as repositories:
        assert repositories.assessments.get(assessment.id) == assessment.submit(later(1))
