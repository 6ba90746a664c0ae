"""Accept or reject one item of a recommendation; a later verdict replaces an earlier one."""

from dataclasses import dataclass
from typing import Any

from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.event import EventId, EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.domain.user import Caller
from shared.domain.verdict import ItemVerdict, VerdictId, ensure_judgeable, ensure_reason
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVerdict:
    verdict: ItemVerdict
    is_replay: bool


def give_verdict(
    recommendation_id: RecommendationId,
    credential_id: CredentialId,
    caller: Caller,
    *,
    accepted: bool,
    reason: str | None,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> GivenVerdict:
    """Append the verdict, tell of it and audit it: all or nothing.

    Verdicts on one recommendation take turns under the assessment's lock, as feedback does.

    Raises:
        InvalidInputError: a rejection without a reason.
        NotFoundError: no such recommendation, or no such item of it.
    """
    ensure_reason(accepted=accepted, reason=reason)
    verdict_id = VerdictId(ids.new())
    with store.begin() as repositories:
        recommendation = repositories.recommendations.get(recommendation_id)
        assessment = repositories.assessments.lock(AssessmentId(recommendation.assessment_id))
        ensure_judgeable(recommendation, credential_id)
        now = clock.now()
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=verdict_id, now=now)
            if first != verdict_id:
                return GivenVerdict(
                    verdict=repositories.verdicts.get(VerdictId(first)), is_replay=True
                )
        replaced = repositories.verdicts.newest(recommendation_id).get(credential_id)
        verdict = ItemVerdict(
            id=verdict_id,
            recommendation_id=recommendation_id,
            credential_id=credential_id,
            author_id=caller.user_id,
            author_role=caller.role,
            revision=replaced.revision + 1 if replaced else 1,
            accepted=accepted,
            reason=reason,
            created_at=now,
        )
        repositories.verdicts.add(verdict)
        _tell(verdict, assessment, repositories, ids)
        _audit(verdict, replaced, repositories)
    return GivenVerdict(verdict=verdict, is_replay=False)


def _tell(
    verdict: ItemVerdict, assessment: Assessment, repositories: Repositories, ids: Ids
) -> None:
    repositories.outbox.append(
        EventType.RECOMMENDATION_FEEDBACK,
        assessment.student_id,
        {
            "assessmentId": assessment.id,
            "trackId": assessment.track_id,
            "recommendationId": verdict.recommendation_id,
            "authorId": verdict.author_id,
            "role": verdict.author_role.value,
            **_numbers(verdict),
        },
        event_id=EventId(ids.new()),
        at=verdict.created_at,
    )


def _audit(verdict: ItemVerdict, replaced: ItemVerdict | None, repositories: Repositories) -> None:
    before = {"accepted": replaced.accepted} if replaced else None
    repositories.audit.append(
        actor=verdict.author_id,
        action="verdict.given",
        subject=verdict.recommendation_id,
        details={**_numbers(verdict), "before": before},
        at=verdict.created_at,
    )


def _numbers(verdict: ItemVerdict) -> dict[str, Any]:
    """Return what may be told: all but the reason, which speaks of a student."""
    return {
        "verdictId": verdict.id,
        "credentialId": verdict.credential_id,
        "revision": verdict.revision,
        "accepted": verdict.accepted,
    }
