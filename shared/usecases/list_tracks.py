"""List the tracks that can be taken."""

from shared.domain.track import Track
from shared.ports.store import Store


def list_tracks(*, store: Store) -> tuple[Track, ...]:
    with store.begin() as repositories:
        return repositories.tracks.active()
