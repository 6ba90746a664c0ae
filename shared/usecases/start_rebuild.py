"""Start a rebuild of the embedding index, or go on with the one that failed."""

from datetime import timedelta
from typing import Final

from shared.domain.embedding import DIMENSIONS
from shared.domain.embedding_index import (
    OPEN,
    Rebuild,
    RebuildId,
    RebuildStatus,
    StartedRebuild,
)
from shared.domain.errors import PipelineUnavailableError, RebuildRunningError
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.rebuild_runner import RebuildRunner
from shared.ports.store import Repositories, Store

STARTS_WITHIN: Final = timedelta(seconds=30)
"""Between the row that says that a rebuild runs and the first step of its execution."""


def start_rebuild(
    actor: str,
    *,
    model: str,
    store: Store,
    runner: RebuildRunner,
    ids: Ids,
    clock: Clock,
) -> StartedRebuild:
    """Rebuild with this model; the present set is searched until the new one is complete.

    What failed goes on, and so does what says that it is running though its execution has ended,
    unless it was for another model. Raises `RebuildRunningError` and `PipelineUnavailableError`.
    """
    with store.begin() as repositories:
        seen = repositories.index.newest_rebuild()
    runs = bool(
        seen
        and seen.status is RebuildStatus.RUNNING
        and (
            clock.now() < seen.updated_at + STARTS_WITHIN
            or runner.is_running(seen.id, run=seen.run)
        )
    )
    with store.begin() as repositories:
        repositories.index.lock()
        newest = repositories.index.newest_rebuild()
        # Somebody else has started one since, or this one has moved and so is alive.
        if newest and newest.status is RebuildStatus.RUNNING and (runs or newest != seen):
            raise RebuildRunningError(_running(newest), rebuild_id=newest.id)
        started = _next(
            newest, actor=actor, model=model, repositories=repositories, ids=ids, clock=clock
        )
    try:
        runner.start(started.rebuild.id, run=started.rebuild.run)
    except PipelineUnavailableError:
        with store.begin() as repositories:
            failed = started.rebuild.fail("the execution could not be started", clock.now())
            repositories.index.save_rebuild(failed)
        raise
    return started


def _next(
    newest: Rebuild | None,
    *,
    actor: str,
    model: str,
    repositories: Repositories,
    ids: Ids,
    clock: Clock,
) -> StartedRebuild:
    now = clock.now()
    is_open = newest is not None and newest.status in OPEN
    if newest and is_open and newest.model != model:
        repositories.index.retire(newest.set_id, at=now)
        repositories.index.save_rebuild(newest.end(RebuildStatus.ABANDONED, now))
    is_resumed = newest is not None and is_open and newest.model == model
    rebuild = (
        newest.resume(now)
        if newest and is_resumed
        else Rebuild(
            id=RebuildId(ids.new()),
            model=model,
            dimensions=DIMENSIONS,
            status=RebuildStatus.RUNNING,
            run=1,
            total=0,
            embedded=0,
            started_by=actor,
            started_at=now,
            updated_at=now,
        )
    )
    repositories.index.save_rebuild(rebuild)
    repositories.audit.append(
        actor=actor,
        action="index.rebuild_resumed" if is_resumed else "index.rebuild_started",
        subject=rebuild.id,
        details={"model": model, "dimensions": rebuild.dimensions, "run": rebuild.run},
        at=now,
    )
    return StartedRebuild(rebuild=rebuild, is_resumed=is_resumed)


def _running(rebuild: Rebuild) -> str:
    return (
        f"rebuild {rebuild.id} is running, {rebuild.embedded} of {rebuild.total} embedded; "
        "wait until GET /api/v1/admin/index says that it has ended"
    )
