from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import (
    InvalidInputError,
    MarksMissingError,
    ResultNotReadyError,
    ReviewLeasedError,
    ReviewNotNeededError,
)
from shared.domain.essay import (
    ENGINES_DISAGREE,
    EssayScore,
    EssayScoreId,
    EssayTask,
    Provenance,
    unread_score,
)
from shared.domain.question import CriterionName
from shared.domain.review import (
    Lease,
    OverriddenMark,
    Place,
    Urgency,
    confirm,
    ensure_free,
    ensure_reviewable,
    ensure_wanted,
    override,
    urgency_of,
)
from shared.domain.user import UserId
from tests.builders import (
    NOON,
    a_criterion_score,
    a_rubric,
    an_assessment,
    an_essay_question,
    an_essay_score,
    later,
)

ACCURACY, CLARITY, COHERENCE = (
    CriterionName.ACCURACY,
    CriterionName.CLARITY,
    CriterionName.COHERENCE,
)
ID = EssayScoreId("new")


def a_doubtful_score() -> EssayScore:
    """Accuracy 8, clarity 8 and unsure, coherence 8; by two engines that disagree."""
    return an_essay_score(
        score=8,
        criteria=(
            a_criterion_score(ACCURACY, certainty=0.4),
            a_criterion_score(CLARITY, unsure=True),
            a_criterion_score(COHERENCE),
        ),
        flags=(ENGINES_DISAGREE,),
        attempt=3,
    )


def an_unread_score() -> EssayScore:
    task = EssayTask(question=an_essay_question(), answer="It is atomic.")
    return unread_score(task, id=EssayScoreId("unread"), assessment_id="asm_1", at=NOON)


def a_person_says(name: CriterionName, score: float, reason: str = "Because.") -> OverriddenMark:
    return OverriddenMark(name=name, score=score, reason=reason)


def overridden(*marks: OverriddenMark, before: EssayScore | None = None) -> EssayScore:
    return override(before or a_doubtful_score(), marks, a_rubric(), id=ID, at=later(9))


class TestUrgency:
    @pytest.mark.parametrize(
        ("is_unsure", "flags", "overall", "urgency"),
        [
            (True, (), 58, Urgency.NEAR_BAND),
            (True, ("x",), 62, Urgency.NEAR_BAND),
            (False, ("x",), 60, Urgency.FLAGGED),
            (True, ("x",), 70, Urgency.FLAGGED),
            (True, (), 70, Urgency.UNSURE),
        ],
    )
    def test_it_is_what_a_review_may_change(
        self, *, is_unsure: bool, flags: tuple[str, ...], overall: int, urgency: Urgency
    ) -> None:
        score = an_essay_score(criteria=(a_criterion_score(unsure=is_unsure),), flags=flags)

        assert urgency_of(score, overall) is urgency

    def test_places_are_in_the_order_of_urgency_then_time_then_id(self) -> None:
        def place(urgency: Urgency, seconds: float, id: str) -> Place:
            return Place(urgency=urgency, scored_at=later(seconds), essay_score_id=EssayScoreId(id))

        ordered = [
            place(Urgency.NEAR_BAND, 9, "c"),
            place(Urgency.FLAGGED, 5, "b"),
            place(Urgency.UNSURE, 1, "a"),
            place(Urgency.UNSURE, 1, "b"),
            place(Urgency.UNSURE, 2, "a"),
        ]

        assert sorted(ordered[2:] + ordered[:2]) == ordered

    def test_a_place_is_read_as_it_was_written(self) -> None:
        place = Place(urgency=Urgency.FLAGGED, scored_at=later(0.000001), essay_score_id=ID)

        assert Place.read(str(place)) == place

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1",
            "1 2026-01-01T12:00:00+00:00",
            "9 2026-01-01T12:00:00+00:00 x",
            "x 2026-01-01T12:00:00+00:00 x",
            "1 yesterday x",
            "1 2026-01-01T12:00:00 x",
            "1 2026-01-01T12:00:00+00:00 x y",
        ],
    )
    def test_anything_else_is_no_place(self, text: str) -> None:
        with pytest.raises(InvalidInputError, match="start again without") as refusal:
            Place.read(text)

        assert refusal.value.pointer == "query/cursor"


class TestOverriding:
    def test_the_total_is_by_the_rubrics_weights(self) -> None:
        assert overridden(a_person_says(ACCURACY, 4)).score == 6
        assert overridden(a_person_says(CLARITY, 4), a_person_says(COHERENCE, 5)).score == 6.3

    def test_the_mark_is_the_persons_and_needs_no_more_review(self) -> None:
        after = overridden(a_person_says(ACCURACY, 4))

        assert after.provenance == Provenance(engine="person")
        assert (after.id, after.attempt, after.created_at) == (ID, 4, later(9))
        assert (after.needs_review, after.flags, after.second_reading) == (False, (), None)
        assert after.trust == 1

    def test_a_new_mark_has_the_reason_for_its_feedback_and_no_old_evidence(self) -> None:
        accuracy, clarity, _ = overridden(
            a_person_says(ACCURACY, 4, "Isolation is wrong.")
        ).criteria

        assert (accuracy.score, accuracy.feedback, accuracy.evidence) == (
            4,
            "Isolation is wrong.",
            (),
        )
        assert clarity == replace(a_criterion_score(CLARITY), unsure=False)

    @pytest.mark.parametrize(
        ("score", "text"), [(0, "2"), (2, "5"), (7.9, "8"), (8, "10"), (9.9, "10")]
    )
    def test_what_would_lift_the_mark_is_the_rubrics_next_level(
        self, score: float, text: str
    ) -> None:
        accuracy = overridden(a_person_says(ACCURACY, score)).criteria[0]

        assert accuracy.next_level == f"An answer worth {text}."

    def test_nothing_lifts_the_best(self) -> None:
        assert overridden(a_person_says(ACCURACY, 10)).criteria[0].next_level == ""

    def test_a_criterion_is_named_once(self) -> None:
        with pytest.raises(InvalidInputError, match="named twice") as refusal:
            overridden(a_person_says(ACCURACY, 4), a_person_says(ACCURACY, 5))

        assert refusal.value.pointer == "/criteria/1/name"

    def test_a_criterion_is_one_that_the_essay_is_marked_by(self) -> None:
        before = an_essay_score(criteria=(a_criterion_score(ACCURACY),))

        with pytest.raises(InvalidInputError, match="name one of accuracy") as refusal:
            overridden(a_person_says(CLARITY, 4), before=before)

        assert refusal.value.pointer == "/criteria/0/name"


def test_confirming_keeps_marks_and_words_and_takes_all_doubt_away() -> None:
    before = a_doubtful_score()

    after = confirm(before, id=ID, at=later(9))

    assert after == replace(
        before,
        id=ID,
        criteria=tuple(replace(c, unsure=False, certainty=1.0) for c in before.criteria),
        flags=(),
        provenance=Provenance(engine="person"),
        attempt=4,
        created_at=later(9),
    )
    assert after.trust == 1


@pytest.mark.parametrize("status", AssessmentStatus)
def test_an_assessment_is_reviewed_when_it_is_completed_or_waits_for_it(
    status: AssessmentStatus,
) -> None:
    assessment = an_assessment(status=status)
    if status in {AssessmentStatus.COMPLETED, AssessmentStatus.IN_REVIEW}:
        ensure_reviewable(assessment)
    else:
        with pytest.raises(ResultNotReadyError, match=f"is {status}"):
            ensure_reviewable(assessment)


def test_a_review_is_of_the_newest_score_and_one_in_doubt() -> None:
    doubtful, sure = a_doubtful_score(), an_essay_score()
    ensure_wanted(doubtful, doubtful)

    with pytest.raises(ReviewNotNeededError, match="newer score"):
        ensure_wanted(doubtful, sure)
    with pytest.raises(ReviewNotNeededError, match="override it"):
        ensure_wanted(sure, sure)


def test_another_persons_lease_is_in_the_way_and_says_until_when_but_not_whose() -> None:
    lease = Lease(essay_score_id=ID, holder_id=UserId("usr_1"), until=NOON + timedelta(minutes=15))
    ensure_free(None, UserId("usr_2"))
    ensure_free(lease, UserId("usr_1"))

    with pytest.raises(ReviewLeasedError, match=r"2026-01-01T12:15:00\.000Z") as refusal:
        ensure_free(lease, UserId("usr_2"))

    assert refusal.value.until == lease.until
    assert "usr_1" not in str(refusal.value)


class TestUnread:
    def test_it_wants_a_person_before_all_others(self) -> None:
        unread = an_unread_score()

        assert (unread.is_unread, unread.needs_review, unread.is_unsure) == (True, True, False)
        assert unread.flags == ("ai_scoring_declined",)
        assert (unread.criteria, unread.attempt) == ((), 0)
        ensure_wanted(unread, unread)
        assert {urgency_of(unread, overall) for overall in (None, 60, 72)} == {Urgency.UNREAD}
        assert min(Urgency) is Urgency.UNREAD

    def test_a_persons_marks_of_all_criteria_are_the_first(self) -> None:
        marks = [a_person_says(ACCURACY, 9), a_person_says(CLARITY, 4), a_person_says(COHERENCE, 6)]

        after = overridden(*marks, before=an_unread_score())

        assert {c.name: c.score for c in after.criteria} == {
            ACCURACY: 9,
            CLARITY: 4,
            COHERENCE: 6,
        }
        assert all(c.feedback == "Because." and not c.evidence for c in after.criteria)
        weights = {c.name: c.weight for c in a_rubric().criteria}
        total = sum(weights[m.name] * m.score for m in marks) / sum(weights.values())
        assert after.score == pytest.approx(total, abs=0.05)
        assert (after.attempt, after.flags, after.provenance.engine) == (1, (), "person")
        assert (after.is_unread, after.needs_review, after.trust) == (False, False, 1)

    def test_a_criterion_that_is_left_out_is_named(self) -> None:
        with pytest.raises(InvalidInputError, match="mark clarity, coherence as well") as refusal:
            overridden(a_person_says(ACCURACY, 9), before=an_unread_score())

        assert refusal.value.pointer == "/criteria"

    def test_there_is_nothing_to_confirm(self) -> None:
        with pytest.raises(MarksMissingError, match="a mark for each criterion"):
            confirm(an_unread_score(), id=ID, at=later(9))
