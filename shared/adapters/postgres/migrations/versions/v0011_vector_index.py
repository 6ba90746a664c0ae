"""An index on the vectors: ADR 12 says when it is used and what it finds."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX ix_embedding_artifacts_vector ON embedding_artifacts
        USING hnsw (vector vector_cosine_ops) WITH (ef_construction = 200)
    """)


def downgrade() -> None:
    op.execute("DROP INDEX ix_embedding_artifacts_vector")
