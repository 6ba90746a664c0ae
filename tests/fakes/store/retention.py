from collections.abc import Mapping
from typing import Any

from shared.domain.assessment import Assessment, AssessmentStatus
from shared.domain.retention import Cutoffs
from tests.fakes.store.state import State


class FakeRetentionRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def count(self, cutoffs: Cutoffs) -> Mapping[str, int]:
        queues = {table: len(keys) for table, keys in self._too_old(cutoffs).items()}
        return queues | {
            "assessments": len(self._old_assessments(cutoffs)),
            "audit_logs": self._old_entries(cutoffs),
        }

    def lock_old_assessments(self, cutoffs: Cutoffs, *, limit: int) -> tuple[Assessment, ...]:
        return tuple(self._old_assessments(cutoffs)[:limit])

    def remove_from_queues(self, cutoffs: Cutoffs, *, limit: int) -> Mapping[str, int]:
        state = self._state
        rows: dict[str, tuple[dict[Any, Any], ...]] = {
            "async_jobs": (state.jobs,),
            "idempotency_keys": (state.bindings,),
            "outbox_events": (state.outbox, state.facts),
            "sessions": (state.sessions,),
        }
        removed = {}
        for table, keys in self._too_old(cutoffs).items():
            chosen = keys[:limit]
            for kept in rows[table]:
                for key in chosen:
                    kept.pop(key, None)
            removed[table] = len(chosen)
        return removed

    def remove_from_audit_log(self, cutoffs: Cutoffs, *, limit: int) -> int:
        removed = min(limit, self._old_entries(cutoffs))
        del self._state.audit[:removed]
        self._state.removed_entries += removed
        return removed

    def _old_assessments(self, cutoffs: Cutoffs) -> list[Assessment]:
        old = [
            a
            for a in self._state.assessments.values()
            if a.started_at < cutoffs.assessments and a.student_id in self._state.users
        ]
        return sorted(old, key=lambda a: a.id)

    def _old_entries(self, cutoffs: Cutoffs) -> int:
        entries = self._state.audit
        young = (n for n, entry in enumerate(entries) if entry.at >= cutoffs.audit)
        return next(young, len(entries))

    def _too_old(self, cutoffs: Cutoffs) -> dict[str, list[Any]]:
        state, before = self._state, cutoffs.queues
        done_with = {
            a.id
            for a in state.assessments.values()
            if a.submitted_at
            and a.submitted_at < before
            and a.status is not AssessmentStatus.SCORING
        }
        return {
            "async_jobs": [j.id for j in state.jobs.values() if j.assessment_id in done_with],
            "idempotency_keys": [k for k, bound in state.bindings.items() if bound.at < before],
            "outbox_events": [
                event
                for event, at in state.sent.items()
                if at < before and event in state.outbox | state.facts
            ],
            "sessions": [
                s.id
                for s in state.sessions.values()
                if s.expires_at < before or (s.revoked_at and s.revoked_at < before)
            ],
        }
