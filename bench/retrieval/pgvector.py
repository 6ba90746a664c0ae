"""pgvector: the product's own search over its own tables, and the same with other settings."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.event import listens_for

from bench.databases import settings_of
from bench.retrieval.queries import Query
from bench.retrieval.search import Built, Found
from bench.server import administer
from shared.adapters.postgres.credentials import PostgresCredentialRepository
from shared.adapters.postgres.engine import create_engine
from shared.adapters.postgres.index import PostgresEmbeddingIndexRepository
from shared.adapters.postgres.tables import credential_catalog
from shared.domain.embedding_index import EmbeddingSet
from shared.domain.retrieval import CANDIDATES
from shared.domain.track import TrackId

PRODUCT: Final = "product"
VARIANTS: Final[Mapping[str, Mapping[str, str]]] = {
    PRODUCT: {},
    "product, exact": {"enable_indexscan": "off"},
    "product, ef 100": {"hnsw.ef_search": "100"},
    "product, ef 800": {"hnsw.ef_search": "800"},
}
"""Settings of a session by the name of the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PgvectorSearch:
    name: str
    engine: sa.Engine
    searched: EmbeddingSet
    numbers: Mapping[str, int]
    """Of credentials in the catalog, by id."""
    built: Built | None = field(default=None)

    def find(self, query: Query) -> Found:
        """Time the statement with the `begin` before it, from SQLAlchemy to the last row."""
        with self.engine.connect() as connection:
            started = time.perf_counter()
            hits = PostgresCredentialRepository(connection).search_vector(
                query.vector.tolist(),
                within=self.searched,
                track_id=TrackId(query.track),
                levels=query.levels,
                limit=CANDIDATES,
            )
            elapsed = time.perf_counter() - started
        return Found(numbers=[self.numbers[hit.credential_id] for hit in hits], ms=elapsed * 1000)


@contextmanager
def pgvector_searches(url: str, *, built: Built) -> Generator[list[PgvectorSearch]]:
    """Each search has a connection of its own, as a function has."""
    with administer(url) as connection:
        rows = connection.execute(sa.select(credential_catalog.c.id, credential_catalog.c.slug))
        numbers = {row.id: int(row.slug) for row in rows}
        searched = PostgresEmbeddingIndexRepository(connection).active()
    if searched is None:
        raise LookupError("the database has no embeddings")
    searches = [
        PgvectorSearch(
            name=name,
            engine=_engine(url, settings),
            searched=searched,
            numbers=numbers,
            built=built if name == PRODUCT else None,
        )
        for name, settings in VARIANTS.items()
    ]
    try:
        yield searches
    finally:
        for search in searches:
            search.engine.dispose()


def _engine(url: str, settings: Mapping[str, str]) -> sa.Engine:
    engine = create_engine(settings_of(url))

    @listens_for(engine, "connect")
    def _set(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for name, value in settings.items():
            cursor.execute(f"SET {name} = {value}")
        connection.commit()

    return engine
