"""Tracks as administrators see and change them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.track import Track, TrackId
from shared.domain.track_catalog import TrackEntry, TrackVersion
from shared.domain.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackEntryPage:
    """One page of tracks, by id; `next_cursor` is None on the last."""

    items: tuple[TrackEntry, ...]
    next_cursor: str | None


class TrackCatalogRepository(Protocol):
    def lock(self) -> None:
        """Let all who change tracks take turns until the transaction ends; readers go on."""
        ...

    def get(self, track_id: TrackId) -> TrackEntry:
        """Return the present version, active or not, or raise `NotFoundError`."""
        ...

    def has(self, track_id: str) -> bool:
        """Tell whether there is such a track, active or not."""
        ...

    def all(self) -> tuple[Track, ...]:
        """Return the present version of every track, active or not, by id."""
        ...

    def page(self, *, active: bool | None, limit: int, after: str | None) -> TrackEntryPage:
        """Return those that are active, or not; None for both."""
        ...

    def save(self, entry: TrackEntry, *, changed_by: UserId | None, at: datetime) -> None:
        """Append the entry's version, which must be new, and make it the present one."""
        ...

    def versions(self, track_id: TrackId) -> tuple[TrackVersion, ...]:
        """Return all versions, newest first, or raise `NotFoundError`."""
        ...

    def version(self, track_id: TrackId, version: int) -> TrackVersion:
        """Return one version, or raise `NotFoundError`."""
        ...
