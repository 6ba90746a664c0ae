"""The steps of a rebuild of the embedding index; each may be repeated, and stops where it was.

1. Clear what an earlier rebuild left: `clear_retired` until nothing is left.
2. Embed what is missing in the new set: `embed_missing` until nothing is.
3. Switch: `switch_set`, or back to 2 where something was published since.
4. Clear the old set, once no search that began before the switch can be at it any more.
5. `finish_rebuild`.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from typing import Final

from shared.domain.embedding_index import (
    EmbeddingSet,
    Rebuild,
    RebuildId,
    RebuildStatus,
    SetStatus,
)
from shared.domain.errors import RebuildSupersededError
from shared.ports.clock import Clock
from shared.ports.embedder import EmbedderOf
from shared.ports.embedding import EMBEDDED_AT_ONCE, embed_batch
from shared.ports.store import Repositories, Store

CLEARED_AT_ONCE: Final = 1_000
"""Embeddings, of a kilobyte each: some ten milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Whether the step is to be repeated, and after how many seconds."""

    is_done: bool
    wait_seconds: int = 0


DONE: Final = Progress(is_done=True)
MORE: Final = Progress(is_done=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a rebuild. Every step raises `RebuildSupersededError` for an older one."""

    rebuild_id: RebuildId
    number: int
    store: Store
    clock: Clock


def clear_retired(run: Run, *, searches_end_within: timedelta) -> Progress:
    """Delete a batch of what is retired for so long that nobody searches it any more."""
    with run.store.begin() as repositories:
        _running(run, repositories)
        before = run.clock.now() - searches_end_within
        if repositories.index.clear(retired_before=before, limit=CLEARED_AT_ONCE):
            return MORE
        waits = [
            (one.retired_at - before).total_seconds()
            for one in repositories.index.sets()
            if one.retired_at
        ]
    return Progress(is_done=False, wait_seconds=ceil(max(waits))) if waits else DONE


def embed_missing(run: Run, *, embedder_of: EmbedderOf) -> Progress:
    """Embed a batch, by the model that the rebuild was started for. Raises `EngineError`."""
    with run.store.begin() as repositories:
        rebuild = _running(run, repositories)
        new = _new_set(rebuild, repositories, run.clock)
        batch = repositories.index.missing(new.id, limit=EMBEDDED_AT_ONCE)
    if batch:
        embedder = embedder_of(rebuild.model)
        embed_batch(batch, new.id, store=run.store, embedder=embedder)
    with run.store.begin() as repositories:
        left = _note_progress(_running(run, repositories), repositories, run.clock)
    return MORE if left else DONE


def switch_set(run: Run) -> Progress:
    """Let the new set be searched, if it has the present text of every active credential.

    Whoever changes the catalog waits meanwhile. What they changed before is seen here; what they
    change after goes into the sets as they are then.
    """
    with run.store.begin() as repositories:
        repositories.catalog.lock()
        rebuild = _running(run, repositories)
        if rebuild.switched_at:
            return DONE
        if _note_progress(rebuild, repositories, run.clock):
            return MORE
        old, now = repositories.index.active(), run.clock.now()
        repositories.index.switch(rebuild.set_id, at=now)
        switched = replace(_running(run, repositories), switched_at=now, updated_at=now)
        repositories.index.save_rebuild(switched)
        repositories.audit.append(
            actor=rebuild.started_by,
            action="index.switched",
            subject=rebuild.id,
            details={
                "from": old.model if old else None,
                "to": rebuild.model,
                "credentials": switched.total,
            },
            at=now,
        )
    return DONE


def finish_rebuild(run: Run) -> Progress:
    with run.store.begin() as repositories:
        if _has_ended(run, RebuildStatus.COMPLETED, repositories):
            return DONE
        rebuild = _running(run, repositories)
        repositories.index.save_rebuild(rebuild.end(RebuildStatus.COMPLETED, run.clock.now()))
    return DONE


def fail_rebuild(run: Run, failure: str) -> Progress:
    """Say that this run failed. What is embedded is kept, and goes on being kept up."""
    with run.store.begin() as repositories:
        if _has_ended(run, RebuildStatus.FAILED, repositories):
            return DONE
        rebuild = _running(run, repositories)
        repositories.index.save_rebuild(rebuild.fail(failure, run.clock.now()))
    return DONE


def _has_ended(run: Run, status: RebuildStatus, repositories: Repositories) -> bool:
    """Tell whether this run has ended so already, and only its answer was lost."""
    rebuild = repositories.index.rebuild(run.rebuild_id)
    return rebuild.status is status and rebuild.run == run.number


def _running(run: Run, repositories: Repositories) -> Rebuild:
    rebuild = repositories.index.rebuild(run.rebuild_id)
    if rebuild.status is not RebuildStatus.RUNNING or rebuild.run != run.number:
        raise RebuildSupersededError(
            f"rebuild {rebuild.id} is {rebuild.status} in run {rebuild.run}, "
            f"so run {run.number} has nothing to do"
        )
    return rebuild


def _new_set(rebuild: Rebuild, repositories: Repositories, clock: Clock) -> EmbeddingSet:
    for one in repositories.index.sets():
        if one.id == rebuild.set_id:
            return one
    return repositories.index.add_set(
        rebuild.set_id,
        model=rebuild.model,
        dimensions=rebuild.dimensions,
        status=SetStatus.BUILDING,
        at=clock.now(),
    )


def _note_progress(rebuild: Rebuild, repositories: Repositories, clock: Clock) -> int:
    """Count what the new set has; return how many are missing."""
    coverage = repositories.index.coverage(rebuild.set_id, examples=0)
    repositories.index.save_rebuild(
        replace(
            rebuild,
            total=coverage.active,
            embedded=coverage.active - coverage.stale,
            updated_at=clock.now(),
        )
    )
    return coverage.stale
