"""Embeddings belong to sets, of which one is searched: ADR 18 says how another takes its place.

Of the models that have embeddings, the one that has most becomes the active set. The others' go:
they could be searched by a deployment of their model alone, which rebuilds the index.
"""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE embedding_sets (
            id uuid CONSTRAINT pk_embedding_sets PRIMARY KEY,
            slot integer NOT NULL CONSTRAINT uq_embedding_sets_slot UNIQUE
                CONSTRAINT ck_embedding_sets_slot CHECK (slot IN (0, 1)),
            model text NOT NULL,
            dimensions integer NOT NULL,
            status text NOT NULL CONSTRAINT ck_embedding_sets_status
                CHECK (status IN ('building', 'active', 'retired')),
            created_at timestamptz NOT NULL,
            retired_at timestamptz
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_embedding_sets_active ON embedding_sets (status)
        WHERE status = 'active'
    """)
    op.execute("""
        INSERT INTO embedding_sets
        SELECT gen_random_uuid(), 0, model, min(dimensions), 'active', now()
        FROM embedding_artifacts GROUP BY model ORDER BY count(*) DESC, model LIMIT 1
    """)
    op.execute("DROP INDEX ix_embedding_artifacts_vector")
    op.execute("""
        DELETE FROM embedding_artifacts e
        WHERE NOT EXISTS (SELECT FROM embedding_sets s WHERE s.model = e.model)
    """)
    op.execute("""
        ALTER TABLE embedding_artifacts
        DROP CONSTRAINT pk_embedding_artifacts,
        DROP COLUMN model,
        DROP COLUMN dimensions,
        ADD COLUMN slot integer NOT NULL DEFAULT 0 CONSTRAINT fk_embedding_artifacts_slot
            REFERENCES embedding_sets (slot),
        ADD CONSTRAINT pk_embedding_artifacts PRIMARY KEY (slot, credential_id)
    """)
    op.execute("ALTER TABLE embedding_artifacts ALTER COLUMN slot DROP DEFAULT")
    for slot in (0, 1):
        op.execute(f"""
            CREATE INDEX ix_embedding_artifacts_vector_{slot} ON embedding_artifacts
            USING hnsw (vector vector_cosine_ops) WITH (ef_construction = 200)
            WHERE slot = {slot}
        """)
    op.execute("""
        CREATE TABLE index_rebuilds (
            id uuid CONSTRAINT pk_index_rebuilds PRIMARY KEY,
            model text NOT NULL,
            dimensions integer NOT NULL,
            status text NOT NULL CONSTRAINT ck_index_rebuilds_status
                CHECK (status IN ('running', 'failed', 'completed', 'abandoned')),
            run integer NOT NULL,
            total integer NOT NULL,
            embedded integer NOT NULL,
            started_by text NOT NULL,
            started_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            switched_at timestamptz,
            finished_at timestamptz,
            failure text
        )
    """)
    op.execute("CREATE INDEX ix_index_rebuilds_started_at ON index_rebuilds (started_at)")
    op.execute("""
        CREATE UNIQUE INDEX uq_index_rebuilds_running ON index_rebuilds (status)
        WHERE status = 'running'
    """)


def downgrade() -> None:
    op.execute("DROP TABLE index_rebuilds")
    op.execute("""
        DELETE FROM embedding_artifacts e USING embedding_sets s
        WHERE s.slot = e.slot AND s.status <> 'active'
    """)
    op.execute("DROP INDEX ix_embedding_artifacts_vector_0, ix_embedding_artifacts_vector_1")
    op.execute(
        "ALTER TABLE embedding_artifacts ADD COLUMN model text, ADD COLUMN dimensions integer"
    )
    op.execute("""
        UPDATE embedding_artifacts e SET model = s.model, dimensions = s.dimensions
        FROM embedding_sets s WHERE s.slot = e.slot
    """)
    op.execute("""
        ALTER TABLE embedding_artifacts
        DROP CONSTRAINT pk_embedding_artifacts,
        DROP COLUMN slot,
        ALTER COLUMN dimensions SET NOT NULL,
        ADD CONSTRAINT pk_embedding_artifacts PRIMARY KEY (credential_id, model)
    """)
    op.execute("""
        CREATE INDEX ix_embedding_artifacts_vector ON embedding_artifacts
        USING hnsw (vector vector_cosine_ops) WITH (ef_construction = 200)
    """)
    op.execute("DROP TABLE embedding_sets")
