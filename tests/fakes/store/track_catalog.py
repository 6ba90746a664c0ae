from datetime import datetime

from shared.domain.errors import NotFoundError
from shared.domain.track import Track, TrackId
from shared.domain.track_catalog import TrackEntry, TrackVersion
from shared.domain.user import UserId
from shared.ports.store import TrackEntryPage
from tests.fakes.store.state import State


class FakeTrackCatalogRepository:
    def __init__(self, state: State) -> None:
        self._tracks = state.tracks
        self._current = state.current_tracks
        self._history = state.track_history

    def lock(self) -> None:
        """Transactions of this store take turns anyway."""

    def get(self, track_id: TrackId) -> TrackEntry:
        version, _ = self._current.get(track_id, (0, ""))
        return self.version(track_id, version).entry

    def has(self, track_id: str) -> bool:
        return track_id in self._current

    def all(self) -> tuple[Track, ...]:
        return tuple(self.get(TrackId(track_id)).track for track_id in sorted(self._current))

    def page(self, *, active: bool | None, limit: int, after: str | None) -> TrackEntryPage:
        found = [
            self.get(track.id)
            for track in self.all()
            if (after is None or track.id > after) and active in {None, track.active}
        ]
        items = tuple(found[:limit])
        has_more = len(found) > limit
        return TrackEntryPage(items=items, next_cursor=items[-1].track.id if has_more else None)

    def save(self, entry: TrackEntry, *, changed_by: UserId | None, at: datetime) -> None:
        track = entry.track
        if (track.id, track.version) in self._history:
            raise ValueError(f"there is a version {track.version}")
        self._tracks[track.id, track.version] = track
        self._current[track.id] = track.version, entry.content_hash
        self._history[track.id, track.version] = TrackVersion(
            entry=entry, changed_by=changed_by, changed_at=at
        )

    def versions(self, track_id: TrackId) -> tuple[TrackVersion, ...]:
        found = [v for (owner, _), v in sorted(self._history.items()) if owner == track_id]
        if not found:
            raise NotFoundError(f"no track {track_id}")
        return tuple(reversed(found))

    def version(self, track_id: TrackId, version: int) -> TrackVersion:
        if (track_id, version) not in self._history:
            raise NotFoundError(f"no version {version} of track {track_id}")
        return self._history[track_id, version]
