from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import well_formed
from shared.adapters.postgres.statements import insert_many
from shared.adapters.postgres.tables import credential_catalog, embedding_artifacts
from shared.domain.credential_text import content_hash as hash_text
from shared.domain.credential_text import embedding_text
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialFormat, CredentialId, Hit
from shared.domain.track import TrackId
from shared.ports.store import Change

_c = credential_catalog.c
_e = embedding_artifacts.c


class PostgresCredentialRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, credential: Credential, *, content_hash: str) -> Change:
        row = _from_credential(credential) | {"active": True, "content_hash": content_hash}
        added = insert(credential_catalog).values(id=credential.id, **row)
        added = added.on_conflict_do_nothing(index_elements=[_c.slug])
        if self._connection.execute(added).rowcount:
            return Change.ADDED
        is_same = sa.and_(_c.active, _c.content_hash == content_hash)
        updated = sa.update(credential_catalog).where(_c.slug == credential.slug, sa.not_(is_same))
        has_changed = self._connection.execute(updated.values(row)).rowcount
        return Change.UPDATED if has_changed else Change.UNCHANGED

    def deactivate_all_but(self, slugs: Iterable[str]) -> int:
        others = sa.and_(_c.active, _c.slug.not_in(list(slugs)))
        statement = sa.update(credential_catalog).where(others).values(active=False)
        return self._connection.execute(statement).rowcount

    def get_many(self, ids: Sequence[CredentialId]) -> tuple[Credential, ...]:
        query = sa.select(credential_catalog).where(_c.id.in_(well_formed(ids)))
        found = {row.id: _to_credential(row) for row in self._connection.execute(query)}
        return tuple(found[wanted] for wanted in ids if wanted in found)

    def without_embedding(self, model: str) -> tuple[Credential, ...]:
        present = sa.exists().where(
            _e.credential_id == _c.id, _e.model == model, _e.content_hash == _c.text_hash
        )
        query = sa.select(credential_catalog).where(_c.active, ~present).order_by(_by_slug())
        return tuple(map(_to_credential, self._connection.execute(query)))

    def put_embeddings(self, model: str, vectors: Mapping[CredentialId, Sequence[float]]) -> None:
        texts = self._connection.execute(
            sa.select(_c.id, _c.text_hash).where(_c.id.in_(well_formed(vectors)))
        )
        rows = [
            {
                "credential_id": row.id,
                "model": model,
                "dimensions": len(vectors[row.id]),
                "content_hash": row.text_hash,
                "vector": vectors[row.id],
            }
            for row in texts
        ]
        upsert = insert(embedding_artifacts)
        upsert = upsert.on_conflict_do_update(
            index_elements=["credential_id", "model"],
            set_={c: upsert.excluded[c] for c in ("dimensions", "content_hash", "vector")},
        )
        insert_many(self._connection, upsert, rows)

    def search_vector(
        self,
        vector: Sequence[float],
        *,
        model: str,
        track_id: TrackId,
        levels: Sequence[Level],
        limit: int,
    ) -> tuple[Hit, ...]:
        distance = _e.vector.cosine_distance(vector)
        query = (
            sa.select(_c.id, (1 - distance).label("score"))
            .join(embedding_artifacts, _e.credential_id == _c.id)
            .where(_e.model == model, *_fits(track_id, levels))
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
        return tuple(map(_to_credential, self._connection.execute(query)))

    def _hits(self, query: sa.Executable) -> tuple[Hit, ...]:
        return tuple(
            Hit(credential_id=CredentialId(row.id), score=row.score)
            for row in self._connection.execute(query)
        )


def _fits(track_id: TrackId, levels: Sequence[Level]) -> tuple[sa.ColumnElement[bool], ...]:
    return (_c.active, _c.tracks.contains([track_id]), _c.level.in_(levels))


def _by_slug() -> sa.ColumnElement[str]:
    return sa.collate(_c.slug, "C")


def _from_credential(credential: Credential) -> dict[str, Any]:
    return {
        "slug": credential.slug,
        "text_hash": hash_text(embedding_text(credential)),
        "title": credential.title,
        "provider": credential.provider,
        "url": credential.url,
        "level": credential.level,
        "hours": credential.hours,
        "effort": credential.effort,
        "format": credential.format,
        "skills": list(credential.skills),
        "tracks": list(credential.tracks),
        "description": credential.description,
        "outcomes": list(credential.outcomes),
    }


def _to_credential(row: Any) -> Credential:
    return Credential(
        id=CredentialId(row.id),
        slug=row.slug,
        title=row.title,
        provider=row.provider,
        url=row.url,
        level=Level(row.level),
        hours=row.hours,
        effort=row.effort,
        format=CredentialFormat(row.format),
        skills=tuple(row.skills),
        tracks=tuple(row.tracks),
        description=row.description,
        outcomes=tuple(row.outcomes),
    )
