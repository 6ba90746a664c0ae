"""What administrators see of tracks: entries, active or not, and their histories."""

from shared.domain.track import TrackId
from shared.domain.track_catalog import TrackEntry, TrackVersion
from shared.ports.store import Store, TrackEntryPage


def list_track_entries(
    *, active: bool | None, limit: int, after: str | None, store: Store
) -> TrackEntryPage:
    with store.begin() as repositories:
        return repositories.track_catalog.page(active=active, limit=limit, after=after)


def get_track_entry(track_id: TrackId, *, store: Store) -> TrackEntry:
    with store.begin() as repositories:
        return repositories.track_catalog.get(track_id)


def list_track_versions(track_id: TrackId, *, store: Store) -> tuple[TrackVersion, ...]:
    """Return all of them, newest first."""
    with store.begin() as repositories:
        return repositories.track_catalog.versions(track_id)
