from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from shared.adapters.postgres.ids import is_storable
from shared.adapters.postgres.payload import from_payload
from shared.adapters.postgres.tables import role_catalog
from shared.adapters.postgres.track_catalog import append_track, lock_tracks
from shared.domain.catalog import Origin
from shared.domain.errors import NotFoundError
from shared.domain.track import Track, TrackId
from shared.ports.store import Change


class PostgresTrackRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def active(self) -> tuple[Track, ...]:
        bodies = self._connection.scalars(_current().where(role_catalog.c.active))
        return tuple(sorted((_to_track(b) for b in bodies), key=lambda t: (t.name, t.id)))

    def get(self, track_id: TrackId) -> Track:
        return self._one(track_id, _current().where(role_catalog.c.active))

    def get_version(self, track_id: TrackId, version: int) -> Track:
        query = sa.select(role_catalog.c.body).where(role_catalog.c.version == version)
        return self._one(track_id, query)

    def put(self, track: Track, *, content_hash: str) -> Change:
        # Writers of tracks take turns; readers and starting assessments are not held up.
        lock_tracks(self._connection)
        query = sa.select(role_catalog).where(role_catalog.c.id == track.id)
        current = self._connection.execute(query.where(role_catalog.c.is_current)).one_or_none()
        if current and current.content_hash == content_hash and current.active == track.active:
            return Change.UNCHANGED
        if current and current.origin == Origin.ADMIN:
            return Change.KEPT
        new = replace(track, version=current.version + 1 if current else 1)
        append_track(self._connection, new, origin=Origin.SEEDS, content_hash=content_hash)
        return Change.UPDATED if current else Change.ADDED

    def _one(self, track_id: TrackId, query: sa.Select[Any]) -> Track:
        body = None
        if is_storable(track_id):
            query = query.where(role_catalog.c.id == track_id)
            body = self._connection.scalars(query).one_or_none()
        if body is None:
            raise NotFoundError(f"no track {track_id}")
        return _to_track(body)


def _current() -> sa.Select[Any]:
    return sa.select(role_catalog.c.body).where(role_catalog.c.is_current)


def _to_track(body: object) -> Track:
    return from_payload(Track, body)
