from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.credential_rows import to_credential
from shared.adapters.postgres.ids import must_be_id, well_formed
from shared.adapters.postgres.statements import insert_many
from shared.adapters.postgres.tables import (
    credential_catalog,
    embedding_artifacts,
    embedding_sets,
    index_rebuilds,
)
from shared.domain.credential_text import content_hash, embedding_text
from shared.domain.embedding_index import (
    SLOTS,
    Coverage,
    EmbeddingSet,
    EmbeddingSetId,
    Rebuild,
    RebuildId,
    RebuildStatus,
    SetStatus,
    StaleCredential,
)
from shared.domain.errors import NoFreeSlotError, NotFoundError
from shared.domain.recommendation import Credential, CredentialId

_c = credential_catalog.c
_e = embedding_artifacts.c
_s = embedding_sets.c
_r = index_rebuilds.c


class PostgresEmbeddingIndexRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def active(self) -> EmbeddingSet | None:
        query = sa.select(embedding_sets).where(_s.status == SetStatus.ACTIVE)
        row = self._connection.execute(query).one_or_none()
        return _to_set(row) if row else None

    def sets(self) -> tuple[EmbeddingSet, ...]:
        query = sa.select(embedding_sets).order_by(_s.created_at, _s.id)
        return tuple(map(_to_set, self._connection.execute(query)))

    def add_set(
        self,
        set_id: EmbeddingSetId,
        *,
        model: str,
        dimensions: int,
        status: SetStatus,
        at: datetime,
    ) -> EmbeddingSet:
        taken = set(self._connection.scalars(sa.select(_s.slot)))
        free = [slot for slot in SLOTS if slot not in taken]
        if not free:
            raise NoFreeSlotError("both slots of the index are taken; clear the retired set first")
        added = EmbeddingSet(
            id=set_id,
            slot=free[0],
            model=model,
            dimensions=dimensions,
            status=status,
            created_at=at,
        )
        self._connection.execute(sa.insert(embedding_sets).values(asdict(added)))
        return added

    def missing(
        self, set_id: EmbeddingSetId, *, limit: int | None = None
    ) -> tuple[Credential, ...]:
        present = sa.exists().where(
            _e.slot == _slot_of(set_id),
            _e.credential_id == _c.id,
            _e.content_hash == _c.text_hash,
        )
        query = sa.select(credential_catalog).where(_c.active, ~present)
        query = query.order_by(_by_slug()).limit(limit)
        return tuple(map(to_credential, self._connection.execute(query)))

    def put(
        self, set_id: EmbeddingSetId, vectors: Sequence[tuple[Credential, Sequence[float]]]
    ) -> int:
        if (slot := self._writable_slot(set_id)) is None:
            return 0
        embedded = {c.id: (content_hash(embedding_text(c)), vector) for c, vector in vectors}
        # Who is changing a text now holds its row. To skip it costs another look; to wait for it
        # could be to wait for each other.
        texts = sa.select(_c.id, _c.text_hash).where(_c.id.in_(well_formed(embedded)))
        texts = texts.with_for_update(read=True, skip_locked=True)
        rows = [
            {
                "slot": slot,
                "credential_id": row.id,
                "content_hash": row.text_hash,
                "vector": embedded[row.id][1],
            }
            for row in self._connection.execute(texts)
            if row.text_hash == embedded[row.id][0]
        ]
        upsert = insert(embedding_artifacts)
        upsert = upsert.on_conflict_do_update(
            index_elements=["slot", "credential_id"],
            set_={c: upsert.excluded[c] for c in ("content_hash", "vector")},
        )
        return insert_many(self._connection, upsert, rows)

    def switch(self, set_id: EmbeddingSetId, *, at: datetime) -> None:
        retired = sa.update(embedding_sets).where(_s.status == SetStatus.ACTIVE, _s.id != set_id)
        self._connection.execute(retired.values(status=SetStatus.RETIRED, retired_at=at))
        switched = sa.update(embedding_sets).where(_s.id == set_id)
        self._connection.execute(switched.values(status=SetStatus.ACTIVE))

    def retire(self, set_id: EmbeddingSetId, *, at: datetime) -> None:
        retired = sa.update(embedding_sets).where(_s.id == set_id, _s.status == SetStatus.BUILDING)
        self._connection.execute(retired.values(status=SetStatus.RETIRED, retired_at=at))

    def clear(self, *, retired_before: datetime, limit: int) -> bool:
        is_due = sa.and_(_s.status == SetStatus.RETIRED, _s.retired_at <= retired_before)
        slots = list(self._connection.scalars(sa.select(_s.slot).where(is_due)))
        if not slots:
            return False
        batch = sa.select(_e.slot, _e.credential_id).where(_e.slot.in_(slots)).limit(limit)
        deleted = sa.delete(embedding_artifacts).where(
            sa.tuple_(_e.slot, _e.credential_id).in_(batch)
        )
        if self._connection.execute(deleted).rowcount == limit:
            return True
        self._connection.execute(sa.delete(embedding_sets).where(is_due))
        return False

    def coverage(self, set_id: EmbeddingSetId | None, *, examples: int) -> Coverage:
        slot = _slot_of(set_id) if set_id else sa.null()
        joined = credential_catalog.outerjoin(
            embedding_artifacts, sa.and_(_e.slot == slot, _e.credential_id == _c.id)
        )
        is_stale = sa.and_(_c.active, _e.content_hash.is_distinct_from(_c.text_hash))
        is_missing = _e.content_hash.is_(None)
        count = sa.func.count()
        counts = sa.select(
            count.filter(_c.active).label("active"),
            count.filter(~_c.active).label("inactive"),
            count.filter(is_stale).label("stale"),
            count.filter(is_stale, is_missing).label("missing"),
        ).select_from(joined)
        row = self._connection.execute(counts).one()
        named = sa.select(_c.id, _c.slug, is_missing.label("is_missing")).select_from(joined)
        named = named.where(is_stale).order_by(_by_slug()).limit(examples)
        return Coverage(
            active=row.active,
            inactive=row.inactive,
            stale=row.stale,
            missing=row.missing,
            examples=tuple(
                StaleCredential(id=CredentialId(r.id), slug=r.slug, is_missing=r.is_missing)
                for r in (self._connection.execute(named) if row.stale and examples else ())
            ),
        )

    def lock(self) -> None:
        self._connection.execute(sa.text("LOCK TABLE index_rebuilds IN SHARE ROW EXCLUSIVE MODE"))

    def newest_rebuild(self) -> Rebuild | None:
        query = sa.select(index_rebuilds).order_by(_r.started_at.desc(), _r.id.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return _to_rebuild(row) if row else None

    def rebuild(self, rebuild_id: RebuildId) -> Rebuild:
        must_be_id(rebuild_id, "rebuild")
        query = sa.select(index_rebuilds).where(_r.id == rebuild_id).with_for_update()
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"no rebuild {rebuild_id}")
        return _to_rebuild(row)

    def save_rebuild(self, rebuild: Rebuild) -> None:
        values = asdict(rebuild)
        upsert = insert(index_rebuilds).values(values)
        upsert = upsert.on_conflict_do_update(
            index_elements=[_r.id],
            set_={name: upsert.excluded[name] for name in values if name != "id"},
        )
        self._connection.execute(upsert)

    def _writable_slot(self, set_id: EmbeddingSetId) -> int | None:
        """Return the set's slot, and keep others from retiring the set until we have written."""
        query = sa.select(_s.slot).where(_s.id == set_id, _s.status != SetStatus.RETIRED)
        return self._connection.scalar(query.with_for_update(read=True))


def _slot_of(set_id: EmbeddingSetId) -> sa.ScalarSelect[int]:
    return sa.select(_s.slot).where(_s.id == set_id).scalar_subquery()


def _by_slug() -> sa.ColumnElement[str]:
    return sa.collate(_c.slug, "C")


def _to_set(row: Any) -> EmbeddingSet:
    return EmbeddingSet(
        id=EmbeddingSetId(row.id),
        slot=row.slot,
        model=row.model,
        dimensions=row.dimensions,
        status=SetStatus(row.status),
        created_at=row.created_at,
        retired_at=row.retired_at,
    )


def _to_rebuild(row: Any) -> Rebuild:
    return Rebuild(
        id=RebuildId(row.id),
        model=row.model,
        dimensions=row.dimensions,
        status=RebuildStatus(row.status),
        run=row.run,
        total=row.total,
        embedded=row.embedded,
        started_by=row.started_by,
        started_at=row.started_at,
        updated_at=row.updated_at,
        switched_at=row.switched_at,
        finished_at=row.finished_at,
        failure=row.failure,
    )
