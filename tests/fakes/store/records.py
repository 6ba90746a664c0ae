from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from shared.domain.assessment import AssessmentId
from shared.domain.audit import AuditEntry, AuditFilter, AuditVerification
from shared.domain.budget import EMBED
from shared.domain.errors import IdempotencyConflictError, NotFoundError
from shared.domain.essay import Usage
from shared.domain.idempotency import IdempotencyKey
from shared.domain.period import Period
from shared.domain.recommendation import Recommendation, RecommendationId
from shared.domain.track import TrackId
from shared.domain.usage import UsageSum
from shared.ports.store import AuditPage
from tests.fakes.store.state import Binding, State, UsageEntry, as_stored


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
        self._assessments = state.assessments

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
        ours = [entry for entry in self._entries if entry.assessment_id == assessment_id]
        return sum(entry.purpose != EMBED for entry in ours)

    def tokens_since(self, since: datetime) -> int:
        return sum(entry.usage.total for entry in self._entries if entry.at >= since)

    def sums(self, period: Period) -> tuple[UsageSum, ...]:
        found: dict[tuple[date, str, str, str], list[Usage]] = defaultdict(list)
        for entry in self._entries:
            if period.since <= entry.at < period.until:
                assessment = self._assessments.get(entry.assessment_id)
                track = assessment.track_id if assessment else ""
                day = entry.at.astimezone(UTC).date()
                found[day, track, entry.purpose, entry.model].append(entry.usage)
        return tuple(
            UsageSum(
                track_id=TrackId(track) if track else None,
                day=day,
                purpose=purpose,
                model=model,
                prompts=0 if purpose == EMBED else len(usages),
                prompt_tokens=sum(usage.prompt_tokens for usage in usages),
                completion_tokens=sum(usage.completion_tokens for usage in usages),
            )
            for (day, track, purpose, model), usages in sorted(found.items())
        )


class FakeIdempotencyRepository:
    def __init__(self, state: State) -> None:
        self._bindings = state.bindings

    def claim(self, key: IdempotencyKey, *, resource_id: str, now: datetime) -> str:
        new = Binding(request_hash=key.request_hash, resource_id=resource_id, at=now)
        bound = self._bindings.setdefault((key.scope, key.operation, key.key), new)
        if bound.request_hash != key.request_hash:
            raise IdempotencyConflictError("the Idempotency-Key came with another request")
        return bound.resource_id

    def forget_before(self, before: datetime) -> int:
        old = [place for place, binding in self._bindings.items() if binding.at < before]
        for place in old:
            del self._bindings[place]
        return len(old)


class FakeAuditRepository:
    def __init__(self, state: State) -> None:
        self._state = state
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
                number=self._state.removed_entries + len(self._entries) + 1,
                actor=actor,
                action=action,
                subject=subject,
                details=as_stored(details),
                at=at,
            )
        )

    def page_of(self, wanted: AuditFilter, *, limit: int, after: int | None) -> AuditPage:
        fitting = [
            entry
            for entry in reversed(self._entries)
            if _fits(entry, wanted) and (after is None or entry.number < after)
        ]
        items = tuple(fitting[:limit])
        has_more = len(fitting) > limit
        return AuditPage(items=items, next_cursor=items[-1].number if has_more else None)

    def verify(self) -> AuditVerification:
        """A list in memory has no chain to break: numbers that were changed are what is found."""
        first = self._state.removed_entries + 1
        for number, entry in enumerate(self._entries, start=first):
            if entry.number != number:
                return AuditVerification(rows=number - first, first_broken=entry.number)
        return AuditVerification(rows=len(self._entries))


def _fits(entry: AuditEntry, wanted: AuditFilter) -> bool:
    return (
        wanted.actor in {None, entry.actor}
        and wanted.action in {None, entry.action}
        and wanted.subject in {None, entry.subject}
        and (wanted.since is None or entry.at >= wanted.since)
        and (wanted.until is None or entry.at < wanted.until)
    )
