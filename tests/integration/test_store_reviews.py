"""Essays that wait for a person, and leases, on every store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import Answer, AssessmentId, AssessmentStatus
from shared.domain.errors import InvalidInputError, NotFoundError, ReviewLeasedError
from shared.domain.essay import EssayScore, EssayScoreId, EssayTask, SecondReading, unread_score
from shared.domain.review import REVIEWABLE, Lease, Place, Review, Urgency
from shared.domain.user import UserId
from shared.ports.store import Store
from tests.builders import (
    NOON,
    TRACK,
    a_criterion_score,
    a_profile,
    a_provenance,
    a_response,
    an_essay_score,
    an_id,
    later,
)
from tests.integration.stored import stored_assessment, stored_student

UNSURE = (a_criterion_score(), a_criterion_score(unsure=True))


def stored_score(
    store: Store,
    *,
    overall_score: int = 72,
    status: AssessmentStatus = AssessmentStatus.COMPLETED,
    **score: Any,
) -> EssayScore:
    """Store the score of an essay of an assessment of its own; 72 is near no band's floor."""
    assessment, snapshots = stored_assessment(store, status=status)
    essay = snapshots[3].question
    made = an_essay_score(assessment_id=assessment.id, question_id=essay.id, **score)
    with store.begin() as repositories:
        repositories.assessments.add_essay_score(made)
        repositories.assessments.save_profile(assessment.id, a_profile(overall_score=overall_score))
        answer = Answer(text="It is atomic.")
        repositories.assessments.save_responses(assessment.id, [a_response(essay, answer=answer)])
    return made


def queue(
    store: Store, *, now: datetime = NOON, limit: int = 100, after: Place | None = None
) -> tuple[Review, ...]:
    with store.begin() as repositories:
        return repositories.reviews.queue(now=now, limit=limit, after=after)


def waiting(store: Store) -> list[EssayScoreId]:
    return [review.score.id for review in queue(store)]


def test_a_review_holds_question_answer_and_score(store: Store) -> None:
    score = stored_score(
        store,
        flags=("engines_disagree",),
        second_reading=SecondReading(score=4.5, provenance=a_provenance(), bound=3.0),
    )

    (review,) = queue(store)

    assert review == Review(
        score=score,
        question=review.question,
        answer="It is atomic.",
        track_id=TRACK,
        overall_score=72,
        urgency=Urgency.FLAGGED,
        lease=None,
    )
    assert (review.question.id, review.question.prompt) == (
        score.question_id,
        "Explain what transactions are for.",
    )
    assert review.second_reading == score.second_reading


def test_what_matters_comes_first_and_of_the_same_the_oldest(store: Store) -> None:
    unsure = stored_score(store, criteria=UNSURE, created_at=later(0))
    flagged = stored_score(store, flags=("encoded_text",), created_at=later(1))
    near_but_sure = stored_score(
        store, flags=("encoded_text",), overall_score=60, created_at=later(2)
    )
    near = stored_score(store, criteria=UNSURE, overall_score=55, created_at=later(4))
    near_before = stored_score(
        store, criteria=UNSURE, flags=("x",), overall_score=85, created_at=later(3)
    )

    reviews = queue(store)

    assert [(r.score.id, r.urgency) for r in reviews] == [
        (near_before.id, Urgency.NEAR_BAND),
        (near.id, Urgency.NEAR_BAND),
        (flagged.id, Urgency.FLAGGED),
        (near_but_sure.id, Urgency.FLAGGED),
        (unsure.id, Urgency.UNSURE),
    ]


@pytest.mark.parametrize(
    ("overall", "is_near"),
    [
        *((near, True) for near in (35, 40, 45, 55, 60, 65, 75, 80, 85)),
        *((far, False) for far in (0, 34, 46, 54, 66, 74, 86, 100)),
    ],
)
def test_five_points_are_near_a_band(store: Store, overall: int, *, is_near: bool) -> None:
    stored_score(store, criteria=UNSURE, overall_score=overall)

    (review,) = queue(store)

    assert (review.urgency is Urgency.NEAR_BAND) is is_near


def test_a_sure_score_without_flags_does_not_wait(store: Store) -> None:
    stored_score(store)

    assert waiting(store) == []


@pytest.mark.parametrize("status", sorted(set(AssessmentStatus) - REVIEWABLE))
def test_an_assessment_that_is_not_completed_does_not_wait(
    store: Store, status: AssessmentStatus
) -> None:
    stored_score(store, flags=("x",), status=status)

    assert waiting(store) == []


def test_only_the_newest_score_of_an_essay_counts(store: Store) -> None:
    first = stored_score(store, flags=("x",))
    second = replace(first, id=EssayScoreId(an_id()), flags=(), attempt=2)
    third = replace(first, id=EssayScoreId(an_id()), attempt=3)
    seen = [waiting(store)]
    for score in (second, third):
        with store.begin() as repositories:
            repositories.assessments.add_essay_score(score)
        seen.append(waiting(store))

    assert seen == [[first.id], [], [third.id]]


def test_an_essay_without_a_response_is_blank(store: Store) -> None:
    assessment, snapshots = stored_assessment(store, status=AssessmentStatus.COMPLETED)
    score = an_essay_score(
        assessment_id=assessment.id, question_id=snapshots[3].question.id, flags=("x",)
    )
    with store.begin() as repositories:
        repositories.assessments.add_essay_score(score)
        repositories.assessments.save_profile(assessment.id, a_profile())

    assert [review.answer for review in queue(store)] == [""]


def test_pages_follow_each_other_without_gap_or_repetition(store: Store) -> None:
    moments = (NOON, NOON, later(0.000001))
    flagged = [stored_score(store, flags=("x",), created_at=moment) for moment in moments]
    near = [
        stored_score(store, criteria=UNSURE, overall_score=60, created_at=moment)
        for moment in moments
    ]
    found: list[EssayScoreId] = []
    after: Place | None = None
    while page := queue(store, limit=2, after=after):
        assert len(page) == 2
        found += [review.score.id for review in page]
        after = Place.read(str(page[-1].place))

    assert found == [score.id for score in (*near, *flagged)]


def test_a_place_without_an_id_is_refused_or_finds_nothing_more(postgres_store: Store) -> None:
    place = Place(urgency=Urgency.UNSURE, scored_at=NOON, essay_score_id=EssayScoreId("no uuid"))

    with pytest.raises(InvalidInputError):
        queue(postgres_store, after=place)


@pytest.mark.integration
def test_what_was_erased_waits_for_nobody(postgres_store: PostgresStore) -> None:
    score = stored_score(postgres_store, flags=("x",))
    with postgres_store.begin() as repositories:
        repositories.erasure.erase_assessments([AssessmentId(score.assessment_id)])

    assert waiting(postgres_store) == []


def take(store: Store, score: EssayScore, holder: UserId, *, now: datetime = NOON) -> Lease:
    lease = Lease(essay_score_id=score.id, holder_id=holder, until=now + timedelta(minutes=15))
    with store.begin() as repositories:
        repositories.reviews.lease(lease, now=now)
    return lease


def held(store: Store, score: EssayScore, *, now: datetime = NOON) -> Lease | None:
    with store.begin() as repositories:
        return repositories.reviews.lease_of(score.id, now=now)


def test_a_lease_holds_until_its_end_and_is_shown_in_the_queue(store: Store) -> None:
    score, reviewer = stored_score(store, flags=("x",)), stored_student(store)
    lease = take(store, score, reviewer)
    end, last = later(900), later(899.999)

    assert [held(store, score, now=t) for t in (NOON, last, end)] == [lease, lease, None]
    assert [queue(store, now=t)[0].lease for t in (NOON, last, end)] == [lease, lease, None]


def test_nobody_else_gets_a_lease_that_holds(store: Store) -> None:
    score = stored_score(store, flags=("x",))
    first, second = stored_student(store), stored_student(store)
    lease = take(store, score, first)

    with pytest.raises(ReviewLeasedError) as refusal:
        take(store, score, second, now=later(899))

    assert refusal.value.until == lease.until
    assert held(store, score) == lease
    assert take(store, score, second, now=lease.until).holder_id == second


def test_the_holder_gets_it_once_more(store: Store) -> None:
    score, reviewer = stored_score(store, flags=("x",)), stored_student(store)
    take(store, score, reviewer)

    again = take(store, score, reviewer, now=later(60))

    assert held(store, score, now=later(901)) == again


def test_a_lease_ends(store: Store) -> None:
    score, reviewer = stored_score(store, flags=("x",)), stored_student(store)
    take(store, score, reviewer)

    for _ in range(2):
        with store.begin() as repositories:
            repositories.reviews.end_lease(score.id)

    assert held(store, score) is None


def test_what_is_no_id_has_no_lease(store: Store) -> None:
    unknown = EssayScoreId("nonsense")
    with store.begin() as repositories:
        repositories.reviews.end_lease(unknown)

        assert repositories.reviews.lease_of(unknown, now=NOON) is None


@pytest.mark.integration
def test_of_people_who_want_an_essay_at_once_one_gets_it(postgres_store: PostgresStore) -> None:
    score = stored_score(postgres_store, flags=("x",))
    people = [stored_student(postgres_store) for _ in range(5)]

    def attempt(person: UserId) -> bool:
        try:
            take(postgres_store, score, person)
        except ReviewLeasedError:
            return False
        return True

    with ThreadPoolExecutor(len(people)) as pool:
        assert sum(pool.map(attempt, people)) == 1


def test_a_score_is_found_by_its_id_and_all_of_an_essay_in_their_order(store: Store) -> None:
    first = stored_score(store)
    second = replace(first, id=EssayScoreId(an_id()), attempt=2, score=3)
    with store.begin() as repositories:
        repositories.assessments.add_essay_score(second)

    with store.begin() as repositories:
        assessments = repositories.assessments
        assert [assessments.essay_score(s.id) for s in (first, second)] == [first, second]
        events = assessments.essay_score_events(AssessmentId(first.assessment_id))
        assert events == (first, second)


@pytest.mark.parametrize("unknown", [an_id(), "nonsense"])
def test_an_unknown_score_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories, pytest.raises(NotFoundError):
        repositories.assessments.essay_score(EssayScoreId(unknown))


def stored_unread(store: Store, *, at: datetime = NOON) -> EssayScore:
    """Store an essay that no engine may read, without a profile: there is no result yet."""
    assessment, snapshots = stored_assessment(store, status=AssessmentStatus.IN_REVIEW)
    essay = snapshots[3].question
    task = EssayTask(question=essay, answer="It is atomic.")
    made = unread_score(task, id=EssayScoreId(an_id()), assessment_id=assessment.id, at=at)
    with store.begin() as repositories:
        repositories.assessments.add_essay_score(made)
        answer = Answer(text=task.answer)
        repositories.assessments.save_responses(assessment.id, [a_response(essay, answer=answer)])
    return made


def test_what_nobody_has_read_comes_first_and_has_no_overall_score(store: Store) -> None:
    near = stored_score(store, criteria=UNSURE, overall_score=60, created_at=later(-9))
    unread = [stored_unread(store, at=later(2)), stored_unread(store, at=later(1))]

    reviews = queue(store)

    assert [(r.score, r.urgency) for r in reviews] == [
        (unread[1], Urgency.UNREAD),
        (unread[0], Urgency.UNREAD),
        (near, Urgency.NEAR_BAND),
    ]
    assert [r.overall_score for r in reviews] == [None, None, 60]
    assert (reviews[0].answer, reviews[0].track_id) == ("It is atomic.", TRACK)
    place = Place.read(str(reviews[0].place))
    assert queue(store, after=place) == reviews[1:]


def test_a_persons_marks_take_it_from_the_queue(store: Store) -> None:
    unread = stored_unread(store)
    by_person = a_provenance(engine="person")
    marked = an_essay_score(
        assessment_id=unread.assessment_id, question_id=unread.question_id, provenance=by_person
    )
    with store.begin() as repositories:
        repositories.assessments.add_essay_score(marked)
        assert repositories.assessments.essay_scores(AssessmentId(unread.assessment_id)) == (
            marked,
        )

    assert waiting(store) == []


def test_an_unread_essay_can_be_leased(store: Store) -> None:
    unread, reviewer = stored_unread(store), stored_student(store)

    lease = take(store, unread, reviewer)

    assert queue(store)[0].lease == lease
