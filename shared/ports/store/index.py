"""The embedding index: its sets of vectors, and the rebuilds that make them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.domain.embedding_index import (
    Coverage,
    EmbeddingSet,
    EmbeddingSetId,
    Rebuild,
    RebuildId,
    SetStatus,
)
from shared.domain.recommendation import Credential


class EmbeddingIndexRepository(Protocol):
    def active(self) -> EmbeddingSet | None:
        """Return the set that is searched."""
        ...

    def sets(self) -> tuple[EmbeddingSet, ...]:
        """Return all sets, oldest first."""
        ...

    def add_set(
        self,
        set_id: EmbeddingSetId,
        *,
        model: str,
        dimensions: int,
        status: SetStatus,
        at: datetime,
    ) -> EmbeddingSet:
        """Add an empty set in the free slot. Raises `NoFreeSlotError` when both are taken."""
        ...

    def missing(
        self, set_id: EmbeddingSetId, *, limit: int | None = None
    ) -> tuple[Credential, ...]:
        """Return active credentials whose present text is not in the set, by slug."""
        ...

    def put(
        self, set_id: EmbeddingSetId, vectors: Sequence[tuple[Credential, Sequence[float]]]
    ) -> int:
        """Store unit vectors of these credentials' texts; return how many were stored.

        Left out is what is no longer so: a text that has changed since, or is being changed by
        another transaction right now, and everything once the set is retired or gone.
        """
        ...

    def switch(self, set_id: EmbeddingSetId, *, at: datetime) -> None:
        """Let this set be searched, and retire the one that was. Lock the catalog first."""
        ...

    def retire(self, set_id: EmbeddingSetId, *, at: datetime) -> None:
        """Give up a set that is not searched; one that is, or is gone, is left alone."""
        ...

    def clear(self, *, retired_before: datetime, limit: int) -> bool:
        """Delete at most `limit` embeddings of sets that were retired until then.

        A set that is empty is deleted as well. Returns whether anything of them is left.
        """
        ...

    def coverage(self, set_id: EmbeddingSetId | None, *, examples: int) -> Coverage:
        """Compare the catalog with the set; without one all active credentials are missing."""
        ...

    def lock(self) -> None:
        """Let all who start rebuilds take turns until the transaction ends."""
        ...

    def newest_rebuild(self) -> Rebuild | None: ...

    def rebuild(self, rebuild_id: RebuildId) -> Rebuild:
        """Return the rebuild, locked until the transaction ends, or raise `NotFoundError`."""
        ...

    def save_rebuild(self, rebuild: Rebuild) -> None:
        """Insert the rebuild, or replace it. One at a time can be running."""
        ...
