"""The embedding index: sets of vectors of which one is searched, and how a new one replaces it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from shared.domain.recommendation import CredentialId

EmbeddingSetId = NewType("EmbeddingSetId", str)
RebuildId = NewType("RebuildId", str)

SLOTS: Final = (0, 1)
"""Places for sets: one is searched while the other is built or emptied. Each has its own vector
index, so that neither set slows searches of the other."""


class SetStatus(StrEnum):
    BUILDING = "building"
    ACTIVE = "active"
    """The one that is searched."""
    RETIRED = "retired"
    """Replaced, or given up before it was complete: to be emptied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSet:
    id: EmbeddingSetId
    """That of the rebuild that made it, where one did."""
    slot: int
    model: str
    dimensions: int
    status: SetStatus
    created_at: datetime
    retired_at: datetime | None = None

    @property
    def is_kept_up(self) -> bool:
        """Whether what is published goes into it."""
        return self.status is not SetStatus.RETIRED


class RebuildStatus(StrEnum):
    RUNNING = "running"
    FAILED = "failed"
    """Goes on where it stopped when a rebuild is asked for again."""
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    """Failed, and then the model was another."""


OPEN: Final = frozenset({RebuildStatus.RUNNING, RebuildStatus.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    id: RebuildId
    model: str
    dimensions: int
    status: RebuildStatus
    run: int
    """Counts its executions from 1; only the newest may still do anything."""
    total: int
    """Active credentials, when it last looked."""
    embedded: int
    """Of `total`, those whose present text is in the new set."""
    started_by: str
    """An administrator's id, or `operator`."""
    started_at: datetime
    updated_at: datetime
    switched_at: datetime | None = None
    finished_at: datetime | None = None
    failure: str | None = None

    @property
    def set_id(self) -> EmbeddingSetId:
        return EmbeddingSetId(self.id)

    def resume(self, now: datetime) -> "Rebuild":
        return replace(
            self, status=RebuildStatus.RUNNING, run=self.run + 1, failure=None, updated_at=now
        )

    def fail(self, failure: str, now: datetime) -> "Rebuild":
        return replace(self, status=RebuildStatus.FAILED, failure=failure, updated_at=now)

    def end(self, status: RebuildStatus, now: datetime) -> "Rebuild":
        return replace(self, status=status, updated_at=now, finished_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedRebuild:
    rebuild: Rebuild
    is_resumed: bool
    """It had failed, and keeps what is embedded already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleCredential:
    """An active credential whose present text has no embedding in the set that is searched."""

    id: CredentialId
    slug: str
    is_missing: bool
    """False where an earlier text has one, by which it is found meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the catalog a set covers."""

    active: int
    inactive: int
    stale: int
    missing: int
    """Of the stale ones, those without any embedding."""
    examples: tuple[StaleCredential, ...]
    """The first of the stale ones, by slug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    searched: EmbeddingSet | None
    """None before the seeds were loaded for the first time."""
    coverage: Coverage
    rebuild: Rebuild | None
    """The newest one."""
