"""Give feedback on a recommendation, or on one item of it; a later one replaces it."""

from dataclasses import dataclass
from typing import Any

from shared.domain.access import ensure_recommended
from shared.domain.analytics import FeedbackGiven
from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.event import EventId, EventType
from shared.domain.feedback import Feedback, FeedbackId, Rating, ensure_item
from shared.domain.idempotency import IdempotencyKey
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFeedback:
    feedback: Feedback
    is_replay: bool


def give_feedback(
    recommendation_id: RecommendationId,
    credential_id: CredentialId | None,
    rating: Rating,
    caller: Caller,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> GivenFeedback:
    """Append the rating, tell of it, and for an advisor leave an audit row: all or nothing.

    Feedback on one recommendation takes turns under the assessment's lock, so that the newest
    revision is also the one that the last event tells of.
    """
    feedback_id = FeedbackId(ids.new())
    with store.begin() as repositories:
        recommendation = repositories.recommendations.get(recommendation_id)
        assessment = repositories.assessments.lock(AssessmentId(recommendation.assessment_id))
        ensure_recommended(recommendation, assessment, caller)
        ensure_item(recommendation, credential_id)
        now = clock.now()
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=feedback_id, now=now)
            if first != feedback_id:
                return GivenFeedback(
                    feedback=repositories.feedback.get(FeedbackId(first)), is_replay=True
                )
        newest = repositories.feedback.newest(recommendation_id, credential_id, caller.user_id)
        feedback = Feedback(
            id=feedback_id,
            recommendation_id=recommendation_id,
            credential_id=credential_id,
            author_id=caller.user_id,
            author_role=caller.role,
            revision=newest.revision + 1 if newest else 1,
            rating=rating,
            created_at=now,
        )
        repositories.feedback.add(feedback)
        _tell(feedback, newest, assessment, repositories, ids)
        if caller.is_staff:
            _audit(feedback, repositories)
    return GivenFeedback(feedback=feedback, is_replay=False)


def _tell(
    feedback: Feedback,
    replaced: Feedback | None,
    assessment: Assessment,
    repositories: Repositories,
    ids: Ids,
) -> None:
    repositories.outbox.append(
        EventType.RECOMMENDATION_FEEDBACK,
        assessment.student_id,
        {
            "assessmentId": assessment.id,
            "trackId": assessment.track_id,
            "recommendationId": feedback.recommendation_id,
            "authorId": feedback.author_id,
            "role": feedback.author_role.value,
            **_numbers(feedback),
        },
        event_id=EventId(ids.new()),
        at=feedback.created_at,
    )
    fact = FeedbackGiven(
        track_id=assessment.track_id,
        feedback_id=feedback.id,
        replaces_feedback_id=replaced.id if replaced else None,
        recommendation_id=feedback.recommendation_id,
        credential_id=feedback.credential_id,
        role=feedback.author_role,
        relevance=feedback.rating.relevance,
        fit=feedback.rating.fit,
        accepted=feedback.rating.accepted,
    )
    repositories.outbox.append_facts(
        assessment.id, {EventId(ids.new()): fact}, at=feedback.created_at
    )


def _audit(feedback: Feedback, repositories: Repositories) -> None:
    repositories.audit.append(
        actor=feedback.author_id,
        action="feedback.given",
        subject=feedback.recommendation_id,
        details=_numbers(feedback),
        at=feedback.created_at,
    )


def _numbers(feedback: Feedback) -> dict[str, Any]:
    """Return what may be told: all but the comment, which is somebody's own words."""
    return {
        "feedbackId": feedback.id,
        "credentialId": feedback.credential_id,
        "revision": feedback.revision,
        "relevance": feedback.rating.relevance,
        "fit": feedback.rating.fit,
        "accepted": feedback.rating.accepted,
    }
