from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.domain.assessment import AssessmentId
from shared.domain.errors import IdempotencyConflictError, NotFoundError
from shared.domain.essay import Usage
from shared.domain.recommendation import Recommendation, RecommendationId
from tests.fakes.store.state import AuditEntry, Binding, State, UsageEntry, as_stored


class FakeRecommendationRepository:
    def __init__(self, state: State) -> None:
        self._recommendations = state.recommendations

    def add(self, recommendation: Recommendation) -> None:
        if recommendation.assessment_id in self._recommendations:
            raise ValueError(f"assessment {recommendation.assessment_id} has a recommendation")
        self._recommendations[recommendation.assessment_id] = recommendation

    def get(self, recommendation_id: RecommendationId) -> Recommendation:
        for recommendation in self._recommendations.values():
            if recommendation.id == recommendation_id:
                return recommendation
        raise NotFoundError(f"no recommendation {recommendation_id}")

    def of_assessment(self, assessment_id: AssessmentId) -> Recommendation | None:
        return self._recommendations.get(assessment_id)


class FakeUsageRepository:
    def __init__(self, state: State) -> None:
        self._entries = state.usage

    def record(
        self,
        assessment_id: AssessmentId,
        *,
        purpose: str,
        model: str,
        usage: Usage,
        at: datetime,
    ) -> None:
        self._entries.append(
            UsageEntry(
                assessment_id=assessment_id, purpose=purpose, model=model, usage=usage, at=at
            )
        )

    def prompts_of(self, assessment_id: AssessmentId) -> int:
        return sum(entry.assessment_id == assessment_id for entry in self._entries)

    def tokens_since(self, since: datetime) -> int:
        return sum(entry.usage.total for entry in self._entries if entry.at >= since)


class FakeIdempotencyRepository:
    def __init__(self, state: State) -> None:
        self._bindings = state.bindings

    def claim(
        self,
        *,
        scope: str,
        operation: str,
        key: str,
        request_hash: str,
        resource_id: str,
        now: datetime,
    ) -> str:
        new = Binding(request_hash=request_hash, resource_id=resource_id, at=now)
        bound = self._bindings.setdefault((scope, operation, key), new)
        if bound.request_hash != request_hash:
            raise IdempotencyConflictError("the Idempotency-Key came with another request")
        return bound.resource_id

    def forget_before(self, before: datetime) -> int:
        old = [place for place, binding in self._bindings.items() if binding.at < before]
        for place in old:
            del self._bindings[place]
        return len(old)


class FakeAuditRepository:
    def __init__(self, state: State) -> None:
        self._entries = state.audit

    def append(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, Any],
        at: datetime,
    ) -> None:
        self._entries.append(
            AuditEntry(
                actor=actor, action=action, subject=subject, details=as_stored(details), at=at
            )
        )

    def verify(self) -> int | None:
        return None
