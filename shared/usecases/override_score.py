"""Override the marks of an essay: both scores are kept, and the person's counts."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.event import EventId, EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.question import QuestionId, Rubric
from shared.domain.review import Correction, OverriddenMark, override
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.reviewed_essay import (
    ReviewedEssay,
    audit_review,
    claim_review,
    result_of,
    review_essay,
)
from shared.ports.store import Repositories, Store


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
) -> ReviewedEssay:
    """Append the person's score with the profile that follows, tell of it, and audit it.

    All or nothing, in one transaction. An essay need not be in the queue: a student may have
    asked. Raises what `review_essay` and `override` do, and `NotFoundError` for an unknown
    assessment.
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
        # The audit log last, as everywhere: its lock is everybody's, the counter's a student's.
        _tell(correction, assessment, repositories, ids)
        audit_review(correction, reviewer, "essay.overridden", repositories)
    return ReviewedEssay(score=correction.after, is_replay=False)


def _tell(
    correction: Correction, assessment: Assessment, repositories: Repositories, ids: Ids
) -> None:
    before, after = correction.before, correction.after
    repositories.outbox.append(
        EventType.RESULT_CORRECTED,
        assessment.student_id,
        {
            "assessmentId": assessment.id,
            "trackId": assessment.track_id,
            "questionId": after.question_id,
            "essayScoreId": after.id,
            "attempt": after.attempt,
            "before": {"score": before.score} | result_of(correction.profile_before),
            "after": {"score": after.score} | result_of(correction.profile_after),
        },
        event_id=EventId(ids.new()),
        at=after.created_at,
    )
