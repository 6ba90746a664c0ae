"""Confirm the marks of an essay that waits for a person: they stand, and nothing is unsure."""

from datetime import datetime

from shared.domain.assessment import AssessmentId
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.idempotency import IdempotencyKey
from shared.domain.question import Rubric
from shared.domain.review import confirm, ensure_wanted
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.corrected_result import audit_correction
from shared.ports.ids import Ids
from shared.ports.reviewed_essay import ReviewedEssay, claim_review, review_essay
from shared.ports.store import Store


def confirm_score(
    reviewed: EssayScoreId,
    reviewer: Caller,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> ReviewedEssay:
    """Append the same marks as a person's, with the confidence that follows, and audit it.

    No event: no mark has changed. Raises what `review_essay` does, `NotFoundError` for an unknown
    score, and `ReviewNotNeededError` when another counts by now.
    """
    essay_score_id = EssayScoreId(ids.new())

    def remark(before: EssayScore, _: Rubric, id: EssayScoreId, at: datetime) -> EssayScore:
        ensure_wanted(score, before)
        return confirm(before, id=id, at=at)

    with store.begin() as repositories:
        score = repositories.assessments.essay_score(reviewed)
        assessment = repositories.assessments.lock(AssessmentId(score.assessment_id))
        now = clock.now()
        if replay := claim_review(idempotency, essay_score_id, repositories, now=now):
            return replay
        correction = review_essay(
            assessment,
            score.question_id,
            reviewer,
            remark,
            repositories,
            essay_score_id=essay_score_id,
            now=now,
        )
        audit_correction(correction, repositories, actor=reviewer.user_id, action="essay.confirmed")
    return ReviewedEssay(score=correction.after, is_replay=False)
