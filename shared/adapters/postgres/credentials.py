from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.credential_rows import (
    add_versions,
    from_entry,
    to_credential,
    to_entry,
)
from shared.adapters.postgres.ids import well_formed
from shared.adapters.postgres.tables import credential_catalog, embedding_artifacts
from shared.domain.catalog import CatalogEntry, Origin
from shared.domain.embedding_index import EmbeddingSet
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialId, Hit
from shared.domain.track import TrackId
from shared.ports.store import Change

_c = credential_catalog.c
_e = embedding_artifacts.c


class PostgresCredentialRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, credential: Credential, *, content_hash: str) -> Change:
        new = CatalogEntry(
            credential=credential,
            version=1,
            active=True,
            origin=Origin.SEEDS,
            content_hash=content_hash,
        )
        added = insert(credential_catalog).values(id=credential.id, **from_entry(new))
        added = added.on_conflict_do_nothing(index_elements=[_c.slug])
        if self._connection.execute(added).rowcount:
            add_versions(self._connection, [new])
            return Change.ADDED
        there = sa.select(_c.id, _c.version, _c.active, _c.origin, _c.content_hash)
        there = there.where(_c.slug == credential.slug).with_for_update(key_share=True)
        stored = self._connection.execute(there).one()
        if stored.active and stored.content_hash == content_hash:
            return Change.UNCHANGED
        if stored.origin == Origin.ADMIN:
            return Change.KEPT
        own = replace(credential, id=CredentialId(stored.id))
        entry = replace(new, credential=own, version=stored.version + 1)
        updated = sa.update(credential_catalog).where(_c.id == stored.id)
        self._connection.execute(updated.values(from_entry(entry)))
        add_versions(self._connection, [entry])
        return Change.UPDATED

    def deactivate_all_but(self, slugs: Iterable[str]) -> int:
        others = sa.and_(_c.active, _c.origin == Origin.SEEDS, _c.slug.not_in(list(slugs)))
        statement = sa.update(credential_catalog).where(others)
        statement = statement.values(active=False, version=_c.version + 1)
        gone = self._connection.execute(statement.returning(credential_catalog)).all()
        add_versions(self._connection, map(to_entry, gone))
        return len(gone)

    def get_many(self, ids: Sequence[CredentialId]) -> tuple[Credential, ...]:
        query = sa.select(credential_catalog).where(_c.id.in_(well_formed(ids)))
        found = {row.id: to_credential(row) for row in self._connection.execute(query)}
        return tuple(found[wanted] for wanted in ids if wanted in found)

    def search_vector(
        self,
        vector: Sequence[float],
        *,
        within: EmbeddingSet,
        track_id: TrackId,
        levels: Sequence[Level],
        limit: int,
    ) -> tuple[Hit, ...]:
        distance = _e.vector.cosine_distance(vector)
        # Each slot has an index of its own; one that came as a parameter would not name it.
        slot = sa.literal_column(f"{within.slot:d}")
        query = (
            sa.select(_c.id, (1 - distance).label("score"))
            .join(embedding_artifacts, _e.credential_id == _c.id)
            .where(_e.slot == slot, *_fits(track_id, levels))
            .order_by(distance, _by_slug())
            .limit(limit)
        )
        return self._hits(query)

    def search_text(
        self, words: Sequence[str], *, track_id: TrackId, levels: Sequence[Level], limit: int
    ) -> tuple[Hit, ...]:
        if not words:
            return ()
        parsed = [sa.func.plainto_tsquery(sa.text("'english'"), w.replace("-", " ")) for w in words]
        any_word: Any = reduce(lambda a, b: a.op("||")(b), parsed)
        score = sa.func.ts_rank_cd(_c.search, any_word)
        query = (
            sa.select(_c.id, score.label("score"))
            .where(_c.search.op("@@")(any_word), *_fits(track_id, levels))
            .order_by(score.desc(), _by_slug())
            .limit(limit)
        )
        return self._hits(query)

    def of_track(
        self, track_id: TrackId, *, levels: Sequence[Level], limit: int
    ) -> tuple[Credential, ...]:
        query = sa.select(credential_catalog).where(*_fits(track_id, levels))
        query = query.order_by(_by_slug()).limit(limit)
        return tuple(map(to_credential, self._connection.execute(query)))

    def _hits(self, query: sa.Executable) -> tuple[Hit, ...]:
        return tuple(
            Hit(credential_id=CredentialId(row.id), score=row.score)
            for row in self._connection.execute(query)
        )


def _fits(track_id: TrackId, levels: Sequence[Level]) -> tuple[sa.ColumnElement[bool], ...]:
    return (_c.active, _c.tracks.contains([track_id]), _c.level.in_(levels))


def _by_slug() -> sa.ColumnElement[str]:
    return sa.collate(_c.slug, "C")
