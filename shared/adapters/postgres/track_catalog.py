from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.adapters.postgres.ids import is_storable
from shared.adapters.postgres.payload import from_payload, to_payload
from shared.adapters.postgres.tables import role_catalog
from shared.domain.catalog import Origin
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.track import Track, TrackId
from shared.domain.track_catalog import TrackEntry, TrackVersion
from shared.domain.user import UserId
from shared.ports.store import TrackEntryPage

_r = role_catalog.c


class PostgresTrackCatalogRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def lock(self) -> None:
        lock_tracks(self._connection)

    def get(self, track_id: TrackId) -> TrackEntry:
        return _to_entry(self._one(track_id, sa.select(role_catalog).where(_r.is_current)))

    def has(self, track_id: str) -> bool:
        if not is_storable(track_id):
            return False
        return bool(self._connection.scalar(sa.select(sa.exists().where(_r.id == track_id))))

    def all(self) -> tuple[Track, ...]:
        query = sa.select(role_catalog).where(_r.is_current).order_by(_by_id())
        return tuple(_to_entry(row).track for row in self._connection.execute(query))

    def page(self, *, active: bool | None, limit: int, after: str | None) -> TrackEntryPage:
        query = sa.select(role_catalog).where(_r.is_current)
        if active is not None:
            query = query.where(_r.active == active)
        if after is not None:
            if not is_storable(after):
                raise InvalidInputError("the cursor is not one that this list gave")
            query = query.where(_by_id() > after)
        rows = self._connection.execute(query.order_by(_by_id()).limit(limit + 1)).all()
        items = tuple(map(_to_entry, rows[:limit]))
        has_more = len(rows) > limit
        return TrackEntryPage(items=items, next_cursor=items[-1].track.id if has_more else None)

    def save(self, entry: TrackEntry, *, changed_by: UserId | None, at: datetime) -> None:
        append_track(
            self._connection,
            entry.track,
            origin=entry.origin,
            content_hash=entry.content_hash,
            changed_by=changed_by,
            at=at,
        )

    def versions(self, track_id: TrackId) -> tuple[TrackVersion, ...]:
        found: tuple[TrackVersion, ...] = ()
        if is_storable(track_id):
            query = sa.select(role_catalog).where(_r.id == track_id).order_by(_r.version.desc())
            found = tuple(map(_to_version, self._connection.execute(query)))
        if not found:
            raise NotFoundError(f"no track {track_id}")
        return found

    def version(self, track_id: TrackId, version: int) -> TrackVersion:
        query = sa.select(role_catalog).where(_r.version == version)
        return _to_version(self._one(track_id, query, what=f"version {version} of track"))

    def _one(self, track_id: TrackId, query: sa.Select[Any], what: str = "track") -> Any:
        row = None
        if is_storable(track_id):
            row = self._connection.execute(query.where(_r.id == track_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"no {what} {track_id}")
        return row


def lock_tracks(connection: sa.Connection) -> None:
    connection.execute(sa.text("LOCK TABLE role_catalog IN SHARE ROW EXCLUSIVE MODE"))


def append_track(
    connection: sa.Connection,
    track: Track,
    *,
    origin: Origin,
    content_hash: str,
    changed_by: UserId | None = None,
    at: datetime | None = None,
) -> None:
    """Make the track's version the present one, without a time at that of the transaction."""
    is_present = sa.and_(_r.id == track.id, _r.is_current)
    connection.execute(sa.update(role_catalog).where(is_present).values(is_current=False))
    connection.execute(
        sa.insert(role_catalog).values(
            id=track.id,
            version=track.version,
            name=track.name,
            active=track.active,
            is_current=True,
            content_hash=content_hash,
            body=to_payload(Track, track),
            origin=origin,
            changed_by=changed_by,
            changed_at=at or sa.func.now(),
        )
    )


def _to_entry(row: Any) -> TrackEntry:
    return TrackEntry(
        track=from_payload(Track, row.body),
        origin=Origin(row.origin),
        content_hash=row.content_hash,
    )


def _to_version(row: Any) -> TrackVersion:
    return TrackVersion(
        entry=_to_entry(row),
        changed_by=UserId(row.changed_by) if row.changed_by else None,
        changed_at=row.changed_at,
    )


def _by_id() -> sa.ColumnElement[str]:
    return sa.collate(_r.id, "C")
