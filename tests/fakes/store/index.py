from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.credential_text import content_hash, embedding_text
from shared.domain.embedding_index import (
    SLOTS,
    Coverage,
    EmbeddingSet,
    EmbeddingSetId,
    Rebuild,
    RebuildId,
    RebuildStatus,
    SetStatus,
    StaleCredential,
)
from shared.domain.errors import NoFreeSlotError, NotFoundError
from shared.domain.recommendation import Credential
from tests.fakes.store.state import State


class FakeEmbeddingIndexRepository:
    def __init__(self, state: State) -> None:
        self._entries = state.credentials
        self._sets = state.embedding_sets
        self._embeddings = state.embeddings
        self._rebuilds = state.rebuilds

    def active(self) -> EmbeddingSet | None:
        return next((s for s in self._sets.values() if s.status is SetStatus.ACTIVE), None)

    def sets(self) -> tuple[EmbeddingSet, ...]:
        return tuple(sorted(self._sets.values(), key=lambda one: (one.created_at, one.id)))

    def add_set(
        self,
        set_id: EmbeddingSetId,
        *,
        model: str,
        dimensions: int,
        status: SetStatus,
        at: datetime,
    ) -> EmbeddingSet:
        free = sorted(set(SLOTS) - {one.slot for one in self._sets.values()})
        if not free:
            raise NoFreeSlotError("both slots of the index are taken; clear the retired set first")
        self._sets[set_id] = EmbeddingSet(
            id=set_id,
            slot=free[0],
            model=model,
            dimensions=dimensions,
            status=status,
            created_at=at,
        )
        return self._sets[set_id]

    def missing(
        self, set_id: EmbeddingSetId, *, limit: int | None = None
    ) -> tuple[Credential, ...]:
        return tuple(credential for credential, _ in self._stale(set_id))[:limit]

    def put(
        self, set_id: EmbeddingSetId, vectors: Sequence[tuple[Credential, Sequence[float]]]
    ) -> int:
        found = self._sets.get(set_id)
        if found is None or not found.is_kept_up:
            return 0
        present = {e.credential.id: _hash(e.credential) for e in self._entries.values()}
        stored = [(c, v) for c, v in vectors if present.get(c.id) == _hash(c)]
        for credential, vector in stored:
            self._embeddings[found.slot, credential.id] = (_hash(credential), tuple(vector))
        return len(stored)

    def switch(self, set_id: EmbeddingSetId, *, at: datetime) -> None:
        if (old := self.active()) and old.id != set_id:
            self._sets[old.id] = replace(old, status=SetStatus.RETIRED, retired_at=at)
        self._sets[set_id] = replace(self._sets[set_id], status=SetStatus.ACTIVE)

    def retire(self, set_id: EmbeddingSetId, *, at: datetime) -> None:
        found = self._sets.get(set_id)
        if found and found.status is SetStatus.BUILDING:
            self._sets[set_id] = replace(found, status=SetStatus.RETIRED, retired_at=at)

    def clear(self, *, retired_before: datetime, limit: int) -> bool:
        due = [s for s in self._sets.values() if s.retired_at and s.retired_at <= retired_before]
        slots = {one.slot for one in due}
        batch = [key for key in self._embeddings if key[0] in slots][:limit]
        for key in batch:
            del self._embeddings[key]
        if due and len(batch) == limit:
            return True
        for one in due:
            del self._sets[one.id]
        return False

    def coverage(self, set_id: EmbeddingSetId | None, *, examples: int) -> Coverage:
        stale = [
            StaleCredential(id=credential.id, slug=credential.slug, is_missing=is_missing)
            for credential, is_missing in self._stale(set_id)
        ]
        active = sum(entry.active for entry in self._entries.values())
        return Coverage(
            active=active,
            inactive=len(self._entries) - active,
            stale=len(stale),
            missing=sum(one.is_missing for one in stale),
            examples=tuple(stale[:examples]),
        )

    def lock(self) -> None:
        """Transactions of this store take turns anyway."""

    def newest_rebuild(self) -> Rebuild | None:
        return max(self._rebuilds.values(), key=lambda r: (r.started_at, r.id), default=None)

    def rebuild(self, rebuild_id: RebuildId) -> Rebuild:
        if rebuild_id not in self._rebuilds:
            raise NotFoundError(f"no rebuild {rebuild_id}")
        return self._rebuilds[rebuild_id]

    def save_rebuild(self, rebuild: Rebuild) -> None:
        running = {r.id for r in self._rebuilds.values() if r.status is RebuildStatus.RUNNING}
        if rebuild.status is RebuildStatus.RUNNING and running - {rebuild.id}:
            raise ValueError("another rebuild is running")
        self._rebuilds[rebuild.id] = rebuild

    def _stale(self, set_id: EmbeddingSetId | None) -> Iterator[tuple[Credential, bool]]:
        """Yield active credentials whose text is not in the set, and whether no other one is."""
        slot = self._sets[set_id].slot if set_id in self._sets else None
        for _, entry in sorted(self._entries.items()):
            credential = entry.credential
            stored = None if slot is None else self._embeddings.get((slot, credential.id))
            if entry.active and (stored is None or stored[0] != _hash(credential)):
                yield credential, stored is None


def _hash(credential: Credential) -> str:
    return content_hash(embedding_text(credential))
