"""Bodies of the embedding index."""

from typing import Annotated, Self

from pydantic import Field

from shared.api.schemas.base import ResponseBody, Time
from shared.domain.embedding_index import IndexState, Rebuild, RebuildStatus, StartedRebuild


class StaleCredentialOut(ResponseBody):
    id: str
    slug: str
    missing: bool
    """True without any embedding: found by words alone. False: found by that of an earlier text."""


class RebuildOut(ResponseBody):
    id: str
    status: RebuildStatus
    """`failed` goes on where it stopped when a rebuild is asked for again; `abandoned` had failed
    and was for another model than the next one."""
    model: str
    dimensions: int
    run: int
    """Counts how often it was started."""
    total: int
    """Active credentials, when it last looked."""
    embedded: int
    """Of `total`, those whose present text is in the new set."""
    percent: Annotated[int, Field(ge=0, le=100)]
    started_by: str
    started_at: Time
    updated_at: Time
    switched_at: Time | None
    """Since when the new set is searched."""
    finished_at: Time | None
    """When the old set was gone as well."""
    failure: str | None

    @classmethod
    def of(cls, rebuild: Rebuild) -> Self:
        return cls(
            id=rebuild.id,
            status=rebuild.status,
            model=rebuild.model,
            dimensions=rebuild.dimensions,
            run=rebuild.run,
            total=rebuild.total,
            embedded=rebuild.embedded,
            percent=_percent(rebuild),
            started_by=rebuild.started_by,
            started_at=rebuild.started_at,
            updated_at=rebuild.updated_at,
            switched_at=rebuild.switched_at,
            finished_at=rebuild.finished_at,
            failure=rebuild.failure,
        )


class StartedRebuildOut(ResponseBody):
    resumed: bool
    """True for one that had failed: what it embedded is kept."""
    rebuild: RebuildOut

    @classmethod
    def of(cls, started: StartedRebuild) -> Self:
        return cls(resumed=started.is_resumed, rebuild=RebuildOut.of(started.rebuild))


class IndexOut(ResponseBody):
    model: str | None
    """Of the set that is searched; null before the seeds were loaded."""
    dimensions: int | None
    configured_model: str
    """What the deployment embeds by, and a rebuild makes the index to be of."""
    active: int
    """Credentials that are searched."""
    inactive: int
    embedded: int
    """Of the active ones, those whose present text has an embedding in the set that is searched."""
    stale: int
    """The others: searched by their old embedding, or by words alone."""
    missing: int
    """Of the stale ones, those without an old embedding."""
    stale_credentials: list[StaleCredentialOut]
    """By slug, at most a hundred."""
    rebuild_advised: bool
    """Whether something is stale, or the index is of another model than the configured one."""
    rebuild: RebuildOut | None
    """The newest one."""

    @classmethod
    def of(cls, state: IndexState, *, configured_model: str) -> Self:
        searched, coverage = state.searched, state.coverage
        model = searched.model if searched else None
        return cls(
            model=model,
            dimensions=searched.dimensions if searched else None,
            configured_model=configured_model,
            active=coverage.active,
            inactive=coverage.inactive,
            embedded=coverage.active - coverage.stale,
            stale=coverage.stale,
            missing=coverage.missing,
            stale_credentials=[
                StaleCredentialOut(id=one.id, slug=one.slug, missing=one.is_missing)
                for one in coverage.examples
            ],
            rebuild_advised=coverage.stale > 0 or model != configured_model,
            rebuild=RebuildOut.of(state.rebuild) if state.rebuild else None,
        )


def _percent(rebuild: Rebuild) -> int:
    """Of the embedding, rounded down: 100 is all of it, also where there is nothing to embed."""
    if rebuild.switched_at:
        return 100
    return 100 * rebuild.embedded // rebuild.total if rebuild.total else 0
