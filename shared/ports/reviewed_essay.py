"""What overriding and confirming have in common: a person's score, and the result that follows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.errors import NotFoundError
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.idempotency import IdempotencyKey
from shared.domain.question import QuestionId, Rubric
from shared.domain.review import Correction, ensure_free, ensure_reviewable, newest_of
from shared.domain.scoring import Profile
from shared.domain.user import Caller
from shared.ports.scored_assessment import read_scored
from shared.ports.store import Repositories

Remark = Callable[[EssayScore, Rubric, EssayScoreId, datetime], EssayScore]
"""Makes a person's score of the newest one, or raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedEssay:
    score: EssayScore
    is_replay: bool


def claim_review(
    idempotency: IdempotencyKey | None,
    essay_score_id: EssayScoreId,
    repositories: Repositories,
    *,
    now: datetime,
) -> ReviewedEssay | None:
    """Bind the key to the score that is about to be made; return the one that it made before."""
    if idempotency is None:
        return None
    first = repositories.idempotency.claim(idempotency, resource_id=essay_score_id, now=now)
    if first == essay_score_id:
        return None
    score = repositories.assessments.essay_score(EssayScoreId(first))
    return ReviewedEssay(score=score, is_replay=True)


def review_essay(
    assessment: Assessment,
    question_id: QuestionId,
    reviewer: Caller,
    remark: Remark,
    repositories: Repositories,
    *,
    essay_score_id: EssayScoreId,
    now: datetime,
) -> Correction:
    """Append the person's score, compute the profile anew, and end the lease.

    The caller holds the assessment's lock, so that attempts count up and profiles follow them.

    Raises:
        NotFoundError: the question is no essay of the assessment.
        ResultNotReadyError: the assessment is not completed.
        ReviewLeasedError: somebody else is reviewing the essay.
    """
    ensure_reviewable(assessment)
    scored = read_scored(repositories, assessment)
    before = newest_of(question_id, scored.essay_scores)
    if before is None:
        raise NotFoundError(f"no essay {question_id} in assessment {assessment.id}")
    ensure_free(repositories.reviews.lease_of(before.id, now=now), reviewer.user_id)
    rubric = next(s.question.rubric for s in scored.snapshots if s.question.id == question_id)
    if rubric is None:
        raise ValueError(f"question {question_id} has no rubric")
    after = remark(before, rubric, essay_score_id, now)
    profile_before = repositories.assessments.profile(assessment.id) or scored.profile
    repositories.assessments.add_essay_score(after)
    profile_after = read_scored(repositories, assessment).profile
    repositories.assessments.save_profile(AssessmentId(assessment.id), profile_after)
    repositories.reviews.end_lease(before.id)
    return Correction(
        before=before, after=after, profile_before=profile_before, profile_after=profile_after
    )


def audit_review(
    correction: Correction, reviewer: Caller, action: str, repositories: Repositories
) -> None:
    after = correction.after
    repositories.audit.append(
        actor=reviewer.user_id,
        action=action,
        subject=after.assessment_id,
        details={
            "questionId": after.question_id,
            "essayScoreId": after.id,
            "attempt": after.attempt,
            "before": _essay(correction.before) | result_of(correction.profile_before),
            "after": _essay(after) | result_of(correction.profile_after),
        },
        at=after.created_at,
    )


def _essay(score: EssayScore) -> dict[str, Any]:
    return {
        "score": score.score,
        "criteria": {criterion.name.value: criterion.score for criterion in score.criteria},
    }


def result_of(profile: Profile) -> dict[str, Any]:
    """Return what of a result may be told: numbers and the band."""
    return {
        "overallScore": profile.overall_score,
        "band": profile.band.value,
        "confidence": profile.confidence,
    }
