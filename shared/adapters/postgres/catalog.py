from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.credential_rows import (
    add_versions,
    from_entry,
    to_credential,
    to_entry,
    to_version,
)
from shared.adapters.postgres.ids import is_storable, must_be_id
from shared.adapters.postgres.tables import (
    credential_catalog,
    credential_versions,
)
from shared.domain.catalog import (
    CatalogEntry,
    CredentialSelection,
    CredentialVersion,
    Remark,
)
from shared.domain.errors import InvalidInputError, NotFoundError, SlugTakenError
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.user import UserId
from shared.ports.store import CatalogPage

_c = credential_catalog.c
_v = credential_versions.c


class PostgresCatalogRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def lock(self) -> None:
        self._connection.execute(
            sa.text("LOCK TABLE credential_catalog IN SHARE ROW EXCLUSIVE MODE")
        )

    def get(self, credential_id: CredentialId) -> CatalogEntry:
        must_be_id(credential_id, "credential")
        query = sa.select(credential_catalog).where(_c.id == credential_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"no credential {credential_id}")
        return to_entry(row)

    def find(self, slugs: Collection[str]) -> tuple[CatalogEntry, ...]:
        wanted = [slug for slug in slugs if is_storable(slug)]
        query = sa.select(credential_catalog).where(_c.slug.in_(wanted)).order_by(_by_slug())
        return tuple(map(to_entry, self._connection.execute(query)))

    def has(self, slug: str) -> bool:
        if not is_storable(slug):
            return False
        return bool(self._connection.scalar(sa.select(sa.exists().where(_c.slug == slug))))

    def active(self) -> tuple[Credential, ...]:
        query = sa.select(credential_catalog).where(_c.active).order_by(_by_slug())
        return tuple(map(to_credential, self._connection.execute(query)))

    def page(self, selection: CredentialSelection, *, limit: int, after: str | None) -> CatalogPage:
        said = (selection.track_id, selection.provider, selection.text)
        if not all(is_storable(text or "") for text in said):
            return CatalogPage(items=(), next_cursor=None)
        query = sa.select(credential_catalog).where(*_selected(selection))
        if after is not None:
            if not is_storable(after):
                raise InvalidInputError("the cursor is not one that this list gave")
            query = query.where(_by_slug() > after)
        query = query.order_by(_by_slug()).limit(limit + 1)
        found = tuple(map(to_entry, self._connection.execute(query)))
        items = found[:limit]
        has_more = len(found) > limit
        return CatalogPage(items=items, next_cursor=items[-1].credential.slug if has_more else None)

    def save(
        self,
        entry: CatalogEntry,
        *,
        remarks: Sequence[Remark],
        changed_by: UserId | None,
        at: datetime,
    ) -> None:
        row = from_entry(entry)
        if entry.version == 1:
            added = insert(credential_catalog).values(id=entry.credential.id, **row)
            added = added.on_conflict_do_nothing(index_elements=[_c.slug])
            if self._connection.execute(added).rowcount == 0:
                raise SlugTakenError(_taken(entry.credential.slug))
        else:
            updated = sa.update(credential_catalog).where(_c.id == entry.credential.id)
            self._connection.execute(updated.values(row))
        add_versions(self._connection, [entry], remarks=remarks, changed_by=changed_by, at=at)

    def versions(self, credential_id: CredentialId) -> tuple[CredentialVersion, ...]:
        must_be_id(credential_id, "credential")
        query = sa.select(credential_versions).where(_v.credential_id == credential_id)
        rows = self._connection.execute(query.order_by(_v.version.desc()))
        if not (found := tuple(map(to_version, rows))):
            raise NotFoundError(f"no credential {credential_id}")
        return found

    def version(self, credential_id: CredentialId, version: int) -> CredentialVersion:
        must_be_id(credential_id, "credential")
        is_this = sa.and_(_v.credential_id == credential_id, _v.version == version)
        row = self._connection.execute(sa.select(credential_versions).where(is_this)).one_or_none()
        if row is None:
            raise NotFoundError(f"no version {version} of credential {credential_id}")
        return to_version(row)


def _selected(selection: CredentialSelection) -> Iterator[sa.ColumnElement[bool]]:
    if selection.track_id is not None:
        yield _c.tracks.contains([selection.track_id])
    if selection.level is not None:
        yield _c.level == selection.level
    if selection.provider is not None:
        yield _c.provider == selection.provider
    if selection.active is not None:
        yield _c.active == selection.active
    if selection.text is not None:
        said: Any = sa.func.concat_ws(" ", _c.slug, _c.title, _c.provider)
        yield sa.func.strpos(sa.func.lower(said), sa.func.lower(selection.text)) > 0


def _by_slug() -> sa.ColumnElement[str]:
    return sa.collate(_c.slug, "C")


def _taken(slug: str) -> str:
    return f"there is a credential {slug}; change that one, or choose another slug"
