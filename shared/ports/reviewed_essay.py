"""What overriding and confirming have in common: a person's score, and the result that follows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.assessment import Assessment
from shared.domain.errors import NotFoundError
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.idempotency import IdempotencyKey
from shared.domain.question import QuestionId, Rubric
from shared.domain.review import Correction, ensure_free, ensure_reviewable, newest_of
from shared.domain.user import Caller
from shared.ports.corrected_result import correct_result
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
    """Append the person's score, end the lease, and compute the profile anew if there is one.

    While people are still reading there is none: `complete_if_read` makes it. The caller holds the
    assessment's lock, so that attempts count up and profiles follow them.

    Raises:
        NotFoundError: the question is no essay of the assessment.
        ResultNotReadyError: the assessment is neither completed nor in review.
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
    correction = correct_result(assessment, before, after, repositories)
    repositories.reviews.end_lease(before.id)
    return correction
