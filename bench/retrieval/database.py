"""The product's own tables, filled with a catalog."""

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from bench.databases import settings_of
from bench.retrieval.catalog import Catalog
from bench.retrieval.search import Built
from bench.server import administer
from shared.adapters.postgres.engine import create_engine
from shared.adapters.postgres.migrator import PostgresMigrator
from shared.adapters.postgres.store import PostgresStore
from shared.domain.level import Level
from shared.ports.embedder import Embedder
from shared.ports.seed_source import SeedSource
from shared.usecases.load_seeds import load_seeds
from shared.wiring import wiring

COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END: Final = b"\xff\xff"
VECTOR_HEAD: Final = 4
"""Bytes of a vector's dimensions, before its numbers."""
ROWS_AT_ONCE: Final = 10_000
INDEX: Final = "ix_embedding_artifacts_vector_0"
"""Of the first set's slot; the other one's index is empty."""


def fill(url: str, catalog: Catalog, seeds: SeedSource, embedder: Embedder) -> Built:
    """Migrate the database, load the seeds as the product does, then add the neighbours.

    A neighbour has the texts of its parent, so that rows are as wide as real ones. The slug of
    each credential becomes its number in the catalog. The vector index is built over all rows at
    once, as after a restore; what that took is returned.
    """
    engine = create_engine(settings_of(url))
    PostgresMigrator(engine).upgrade()
    load_seeds(
        seeds,
        store=PostgresStore(engine),
        embedder=embedder,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    engine.dispose()
    slugs = [seed.content.slug for seed in seeds.read().credentials]
    with administer(url) as connection:
        _stage(connection, catalog)
        definition = connection.scalar(sa.text(f"SELECT pg_get_indexdef('{INDEX}'::regclass)"))
        connection.execute(sa.text(f"DROP INDEX {INDEX}"))
        _add(connection, slugs)
        started = time.perf_counter()
        connection.execute(sa.text("SET maintenance_work_mem = '512MB'"))
        connection.execute(sa.text(definition or ""))
        seconds = time.perf_counter() - started
        connection.execute(sa.text("VACUUM (ANALYZE)"))
        size = connection.scalar(sa.select(sa.func.pg_relation_size(INDEX)))
    return Built(seconds=seconds, bytes=size or 0)


def _stage(connection: sa.Connection, catalog: Catalog) -> None:
    dimensions = catalog.vectors.shape[1]
    connection.execute(
        sa.text(f"""
            CREATE TEMPORARY TABLE staged (
                number integer, parent integer, level integer, vector vector({dimensions})
            )
        """)
    )
    driver: Any = connection.connection.cursor()  # pg8000's own, which takes a stream
    for first in range(0, len(catalog), ROWS_AT_ONCE):
        rows = b"".join(_binary_rows(catalog, first))
        driver.execute("COPY staged FROM STDIN (FORMAT binary)", stream=BytesIO(rows))
    connection.execute(sa.text("ANALYZE staged"))


def _binary_rows(catalog: Catalog, first: int) -> Iterator[bytes]:
    """Yield rows in PostgreSQL's binary COPY format; each value goes after its length in bytes."""
    part = slice(first, first + ROWS_AT_ONCE)
    vectors = catalog.vectors[part]
    count, dimensions = vectors.shape
    kind = np.dtype(
        [
            ("fields", ">i2"),
            *[
                (f"{name}{end}", ">i4")
                for name in ("number", "parent", "level")
                for end in ("_size", "")
            ],
            ("vector_size", ">i4"),
            ("dimensions", ">i2"),
            ("unused", ">i2"),
            ("vector", ">f4", (dimensions,)),
        ]
    )
    rows = np.zeros(count, dtype=kind)
    rows["fields"] = 4
    for name, values in (
        ("number", np.arange(first, first + count)),
        ("parent", catalog.parents[part]),
        ("level", catalog.levels[part]),
    ):
        rows[f"{name}_size"] = 4
        rows[name] = values
    rows["vector_size"] = VECTOR_HEAD + 4 * dimensions
    rows["dimensions"] = dimensions
    rows["vector"] = vectors
    yield from (COPY_HEAD, rows.tobytes(), COPY_END)


def _add(connection: sa.Connection, slugs: list[str]) -> None:
    """Number the seeded credentials as the catalog does, then copy them for their neighbours."""
    connection.execute(
        sa.text("""
            CREATE TEMPORARY TABLE numbered AS
            SELECT c.*, s.number - 1 AS number
            FROM credential_catalog c
            JOIN unnest(CAST(:slugs AS text[])) WITH ORDINALITY s (slug, number) USING (slug)
        """),
        {"slugs": slugs},
    )
    connection.execute(
        sa.text("""
        UPDATE credential_catalog c SET slug = n.number::text FROM numbered n WHERE c.id = n.id
    """)
    )
    names = {level.rank: level.value for level in Level}
    connection.execute(
        sa.text("""
            INSERT INTO credential_catalog (id, slug, active, content_hash, text_hash, title,
                provider, url, level, hours, effort, format, skills, tracks, description, outcomes,
                source, version, origin)
            SELECT uuidv7(), s.number::text, n.active, n.content_hash, n.text_hash, n.title,
                n.provider, n.url, (CAST(:levels AS text[]))[s.level + 1], n.hours, n.effort,
                n.format, n.skills, n.tracks, n.description, n.outcomes, n.source, n.version,
                n.origin
            FROM staged s JOIN numbered n ON n.number = s.parent
            WHERE s.number > (SELECT max(number) FROM numbered)
            ORDER BY s.number
        """),
        {"levels": [names[rank] for rank in sorted(names)]},
    )
    connection.execute(
        sa.text("""
            INSERT INTO embedding_artifacts (slot, credential_id, content_hash, vector)
            SELECT 0, c.id, c.text_hash, s.vector
            FROM staged s JOIN credential_catalog c ON c.slug = s.number::text
            ORDER BY s.number
            ON CONFLICT DO NOTHING
        """)
    )
