from dataclasses import replace
from datetime import datetime, timedelta

from shared.adapters.postgres.ids import is_id
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.degraded import DegradedReason
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.rescore import (
    ItemStatus,
    Movement,
    Rescore,
    RescoreCounts,
    RescoreId,
    RescoreItem,
    RescoreScope,
    Shown,
)
from tests.fakes.store.state import State


class FakeRescoreRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, rescore: Rescore) -> int:
        wanted = self._state.assessments.values()
        selected = sorted(a.id for a in wanted if self._selects(rescore, a))
        if not selected or (rescore.heals and rescore.subject in self._queued()):
            return 0
        self._state.rescores[rescore.id] = rescore
        for assessment_id in selected:
            self._state.rescore_items[rescore.id, assessment_id] = RescoreItem(
                rescore_id=rescore.id,
                assessment_id=assessment_id,
                status=ItemStatus.PENDING,
                attempt=0,
                failures=0,
                not_before=rescore.requested_at,
            )
        return len(selected)

    def get(self, rescore_id: RescoreId) -> Rescore:
        if rescore_id not in self._state.rescores:
            raise NotFoundError(f"no rescore {rescore_id}")
        return self._state.rescores[rescore_id]

    def counts(self, rescore_id: RescoreId) -> RescoreCounts:
        items = self._items(rescore_id)
        outcomes = [item.outcome for item in items if item.outcome]

        def of(status: ItemStatus) -> int:
            return sum(item.status is status for item in items)

        def moving(movement: Movement) -> int:
            return sum(outcome.movement is movement for outcome in outcomes)

        return RescoreCounts(
            total=len(items),
            pending=of(ItemStatus.PENDING),
            done=of(ItemStatus.DONE),
            failed=of(ItemStatus.FAILED),
            raised=moving(Movement.RAISED),
            lowered=moving(Movement.LOWERED),
            unchanged=moving(Movement.UNCHANGED),
            crossed_band=sum(outcome.crosses_band for outcome in outcomes),
            withheld=sum(outcome.withheld for outcome in outcomes),
        )

    def items(
        self, rescore_id: RescoreId, *, shown: Shown, limit: int, after: AssessmentId | None
    ) -> tuple[RescoreItem, ...]:
        if after is not None and not is_id(after):
            raise InvalidInputError("the cursor is not one that this list gave")
        found = [
            item
            for item in self._items(rescore_id)
            if _is_shown(item, shown) and (after is None or item.assessment_id > after)
        ]
        return tuple(sorted(found, key=lambda item: item.assessment_id)[:limit])

    def claim(self, *, now: datetime, lease: timedelta) -> RescoreItem | None:
        free = [
            item
            for item in self._state.rescore_items.values()
            if item.status is ItemStatus.PENDING and item.not_before <= now
        ]
        if not free:
            return None
        item = min(free, key=lambda i: (self._position(i), i.not_before, i.rescore_id))
        return self._put(replace(item, attempt=item.attempt + 1, not_before=now + lease))

    def settle(self, item: RescoreItem) -> bool:
        stored = self._state.rescore_items[item.rescore_id, item.assessment_id]
        if stored.attempt != item.attempt or stored.status is not ItemStatus.PENDING:
            return False
        self._put(item)
        return True

    def finish(self, *, now: datetime) -> tuple[Rescore, ...]:
        finished = [
            replace(rescore, finished_at=now)
            for rescore in self._state.rescores.values()
            if rescore.finished_at is None and not self.counts(rescore.id).pending
        ]
        self._state.rescores |= {rescore.id: rescore for rescore in finished}
        return tuple(finished)

    def unhealed(self, *, limit: int) -> tuple[AssessmentId, ...]:
        found = [
            (a.completed_at, a.id)
            for a in self._state.assessments.values()
            if a.status is AssessmentStatus.COMPLETED
            and a.completed_at
            and any(d.reason is DegradedReason.ESSAY_SCORING_FALLBACK for d in a.degradations)
            and a.id not in self._queued()
        ]
        return tuple(assessment_id for _, assessment_id in sorted(found)[:limit])

    def _selects(self, rescore: Rescore, assessment: Assessment) -> bool:
        if assessment.status is not AssessmentStatus.COMPLETED:
            return False
        at = assessment.completed_at
        if rescore.since and (at is None or at < rescore.since):
            return False
        match rescore.scope:
            case RescoreScope.ASSESSMENT | RescoreScope.DEGRADED:
                return assessment.id == rescore.subject
            case RescoreScope.TRACK:
                return assessment.track_id == rescore.subject
            case RescoreScope.QUESTION:
                marked = {(of, question) for of, question, _ in self._state.essay_scores}
                return (assessment.id, rescore.subject) in marked

    def _queued(self) -> set[str]:
        return {r.subject for r in self._state.rescores.values() if r.heals}

    def _items(self, rescore_id: RescoreId) -> list[RescoreItem]:
        return [i for (of, _), i in self._state.rescore_items.items() if of == rescore_id]

    def _position(self, item: RescoreItem) -> int:
        return sum(i.assessment_id < item.assessment_id for i in self._items(item.rescore_id))

    def _put(self, item: RescoreItem) -> RescoreItem:
        self._state.rescore_items[item.rescore_id, item.assessment_id] = item
        return item


def _is_shown(item: RescoreItem, shown: Shown) -> bool:
    match shown:
        case Shown.ALL:
            return True
        case Shown.MOVED:
            return bool(item.outcome) and item.outcome.movement is not Movement.UNCHANGED
        case Shown.CROSSED_BAND:
            return bool(item.outcome) and item.outcome.crosses_band
        case Shown.FAILED:
            return item.status is ItemStatus.FAILED
