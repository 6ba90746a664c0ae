"""Take an essay for review, so that nobody else reviews it meanwhile."""

from shared.domain.assessment import AssessmentId
from shared.domain.essay import EssayScoreId
from shared.domain.review import LEASE, Lease, ensure_reviewable, ensure_wanted, newest_of
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.store import Store


def lease_review(
    essay_score_id: EssayScoreId, reviewer: Caller, *, store: Store, clock: Clock
) -> Lease:
    """Give the reviewer fifteen minutes from now, once more if need be, and audit it.

    Raises:
        NotFoundError: there is no such score.
        ResultNotReadyError: its assessment is not completed.
        ReviewNotNeededError: it is not the newest of its essay, or nothing is in doubt.
        ReviewLeasedError: somebody else is at it.
    """
    with store.begin() as repositories:
        score = repositories.assessments.essay_score(essay_score_id)
        assessment_id = AssessmentId(score.assessment_id)
        ensure_reviewable(repositories.assessments.lock(assessment_id))
        newest = newest_of(score.question_id, repositories.assessments.essay_scores(assessment_id))
        ensure_wanted(score, newest or score)
        now = clock.now()
        lease = Lease(essay_score_id=essay_score_id, holder_id=reviewer.user_id, until=now + LEASE)
        repositories.reviews.lease(lease, now=now)
        repositories.audit.append(
            actor=reviewer.user_id,
            action="essay.leased",
            subject=essay_score_id,
            details={"assessmentId": assessment_id, "until": lease.until.isoformat()},
            at=now,
        )
    return lease
