"""Read one track."""

from shared.domain.track import Track, TrackId
from shared.ports.store import Store


def get_track(track_id: TrackId, *, store: Store) -> Track:
    with store.begin() as repositories:
        return repositories.tracks.get(track_id)
