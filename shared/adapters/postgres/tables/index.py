"""The embedding index: its vectors, the sets that they belong to, and the rebuilds of it."""

from typing import Any

import sqlalchemy as sa
from pgvector.sqlalchemy import Vector

from shared.adapters.postgres.tables.metadata import (
    integer,
    metadata,
    moment,
    one_of,
    text,
    uuid,
    uuid_key,
)
from shared.domain.embedding import DIMENSIONS
from shared.domain.embedding_index import SLOTS, RebuildStatus, SetStatus

embedding_sets = sa.Table(
    "embedding_sets",
    metadata,
    uuid_key(),
    integer("slot"),
    text("model"),
    integer("dimensions"),
    text("status"),
    moment("created_at"),
    moment("retired_at", nullable=True),
    sa.UniqueConstraint("slot"),
    sa.CheckConstraint("slot IN (0, 1)", name="slot"),
    one_of("status", SetStatus),
)
sa.Index(
    "uq_embedding_sets_active",
    embedding_sets.c.status,
    unique=True,
    postgresql_where=embedding_sets.c.status == sa.literal_column("'active'"),
)

embedding_artifacts = sa.Table(
    "embedding_artifacts",
    metadata,
    # A statement that searches names it as a literal, or the planner could not choose the index.
    sa.Column("slot", sa.Integer, sa.ForeignKey("embedding_sets.slot"), nullable=False),
    uuid("credential_id", sa.ForeignKey("credential_catalog.id")),
    text("content_hash"),
    sa.Column[Any]("vector", Vector(DIMENSIONS), nullable=False),
    sa.PrimaryKeyConstraint("slot", "credential_id"),
    *(
        sa.Index(
            f"ix_embedding_artifacts_vector_{slot}",
            "vector",
            postgresql_using="hnsw",
            postgresql_ops={"vector": "vector_cosine_ops"},
            postgresql_with={"ef_construction": 200},
            postgresql_where=sa.text(f"slot = {slot}"),
        )
        for slot in SLOTS
    ),
)

index_rebuilds = sa.Table(
    "index_rebuilds",
    metadata,
    uuid_key(),
    text("model"),
    integer("dimensions"),
    text("status"),
    integer("run"),
    integer("total"),
    integer("embedded"),
    text("started_by"),
    moment("started_at"),
    moment("updated_at"),
    moment("switched_at", nullable=True),
    moment("finished_at", nullable=True),
    text("failure", nullable=True),
    one_of("status", RebuildStatus),
)
sa.Index("ix_index_rebuilds_started_at", index_rebuilds.c.started_at)
sa.Index(
    "uq_index_rebuilds_running",
    index_rebuilds.c.status,
    unique=True,
    postgresql_where=index_rebuilds.c.status == sa.literal_column("'running'"),
)
