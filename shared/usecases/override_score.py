"""Override the marks of an essay: both scores are kept, and the person's counts."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.idempotency import IdempotencyKey
from shared.domain.question import QuestionId, Rubric
from shared.domain.review import OverriddenMark, override
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.completed_assessment import complete_if_read, count_completed
from shared.ports.corrected_result import audit_correction, tell_correction
from shared.ports.ids import Ids
from shared.ports.metrics import Metrics
from shared.ports.reviewed_essay import ReviewedEssay, claim_review, review_essay
from shared.ports.store import Store
from shared.ports.summarizer import Summarizer


def override_score(
    assessment_id: AssessmentId,
    question_id: QuestionId,
    marks: Sequence[OverriddenMark],
    reviewer: Caller,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
    metrics: Metrics,
    summarizer: Summarizer,
) -> ReviewedEssay:
    """Append the person's score with the profile that follows, tell of it, and audit it.

    All or nothing, in one transaction. An essay need not be in the queue: a student may have
    asked. Where people alone read the essays, the last mark completes the assessment, with the
    events of every other; a mark before that is nobody's news. Raises what `review_essay` and
    `override` do, and `NotFoundError` for an unknown assessment.
    """
    essay_score_id = EssayScoreId(ids.new())

    def remark(before: EssayScore, rubric: Rubric, id: EssayScoreId, at: datetime) -> EssayScore:
        return override(before, marks, rubric, id=id, at=at)

    with store.begin() as repositories:
        assessment = repositories.assessments.lock(assessment_id)
        now = clock.now()
        if replay := claim_review(idempotency, essay_score_id, repositories, now=now):
            return replay
        correction = review_essay(
            assessment,
            question_id,
            reviewer,
            remark,
            repositories,
            essay_score_id=essay_score_id,
            now=now,
        )
        completed = None
        # The audit log last, as everywhere: its lock is everybody's, the counter's a student's.
        if assessment.status is AssessmentStatus.IN_REVIEW:
            completed = complete_if_read(
                assessment, repositories, summarizer=summarizer, ids=ids, now=now
            )
        else:
            tell_correction(correction, assessment, repositories, ids)
        action = "essay.marked" if correction.before.is_unread else "essay.overridden"
        audit_correction(correction, repositories, actor=reviewer.user_id, action=action)
    if completed:
        count_completed(completed, metrics)
    return ReviewedEssay(score=correction.after, is_replay=False)
