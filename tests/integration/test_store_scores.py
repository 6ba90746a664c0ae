"""Marks and profiles, as every store keeps them."""

import pytest

from shared.domain.assessment import AssessmentId
from shared.domain.essay import EssayScore, SecondReading
from shared.ports.store import Store
from tests.builders import (
    a_criterion_score,
    a_profile,
    a_provenance,
    a_rule_score,
    an_essay_score,
    later,
)
from tests.integration.stored import stored_assessment


def test_rule_scores_come_back_in_the_order_of_their_questions(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    scores = [a_rule_score(s.question.id, score=0.5, max_score=2) for s in snapshots[:3]]

    with store.begin() as repositories:
        repositories.assessments.add_rule_scores(assessment.id, scores[::-1])

    with store.begin() as repositories:
        assert repositories.assessments.rule_scores(assessment.id) == tuple(scores)


def test_a_question_is_rule_scored_once(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    scores = [a_rule_score(s.question.id) for s in snapshots[:3]]
    with store.begin() as repositories:
        repositories.assessments.add_rule_scores(assessment.id, scores[:1])

    with pytest.raises(ValueError, match="has rule scores"), store.begin() as repositories:
        repositories.assessments.add_rule_scores(assessment.id, scores)

    with store.begin() as repositories:
        assert repositories.assessments.rule_scores(assessment.id) == tuple(scores[:1])


def test_no_rule_scores_are_no_trouble(store: Store) -> None:
    assessment, _ = stored_assessment(store)

    with store.begin() as repositories:
        repositories.assessments.add_rule_scores(assessment.id, [])

        assert repositories.assessments.rule_scores(assessment.id) == ()


def test_an_essay_score_comes_back_equal(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    score = an_essay_score(
        assessment_id=assessment.id,
        question_id=snapshots[3].question.id,
        criteria=(a_criterion_score(certainty=0.75), a_criterion_score(evidence=(), unsure=True)),
        flags=("addresses_grader", "odd, flag"),
        provenance=a_provenance(engine="rubric", model=None, prompt_version=None, prompt_hash=None),
        second_reading=SecondReading(
            score=4.5, provenance=a_provenance(engine="rubric", prompt_version=None), bound=3.0
        ),
    )

    assert _stored(store, score) == (score,)


def test_the_highest_attempt_counts_and_essays_keep_the_order_of_their_questions(
    store: Store,
) -> None:
    assessment, snapshots = stored_assessment(store)
    first, second = (s.question.id for s in snapshots[3:5])
    scores = [
        an_essay_score(assessment_id=assessment.id, question_id=question, attempt=attempt)
        for question, attempt in ((second, 1), (first, 2), (first, 3), (first, 1))
    ]

    assert _stored(store, *scores) == (scores[2], scores[0])


def test_an_attempt_is_scored_once(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    question = snapshots[3].question.id
    score = an_essay_score(assessment_id=assessment.id, question_id=question)
    again = an_essay_score(assessment_id=assessment.id, question_id=question, score=1)

    with pytest.raises(ValueError, match="attempt 1"):
        _stored(store, score, again)


def _stored(store: Store, *scores: EssayScore) -> tuple[EssayScore, ...]:
    with store.begin() as repositories:
        for score in scores:
            repositories.assessments.add_essay_score(score)
    with store.begin() as repositories:
        return repositories.assessments.essay_scores(AssessmentId(scores[0].assessment_id))


def test_a_profile_comes_back_equal_and_is_replaced(store: Store) -> None:
    assessment, _ = stored_assessment(store)

    with store.begin() as repositories:
        assert repositories.assessments.profile(assessment.id) is None
        repositories.assessments.save_profile(assessment.id, a_profile(overall_score=72))
        assert repositories.assessments.profile(assessment.id) == a_profile(overall_score=72)
        repositories.assessments.save_profile(assessment.id, a_profile(overall_score=73))

    with store.begin() as repositories:
        assert repositories.assessments.profile(assessment.id) == a_profile(overall_score=73)


def test_times_come_back_to_the_microsecond_in_utc(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    moment = later(0.123456)
    score = an_essay_score(
        assessment_id=assessment.id, question_id=snapshots[3].question.id, created_at=moment
    )

    (stored,) = _stored(store, score)

    assert stored.created_at.isoformat() == "2026-01-01T12:00:00.123456+00:00"
