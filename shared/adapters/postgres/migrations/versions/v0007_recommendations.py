"""Recommendations with their items and the trace of what retrieval saw."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE recommendations (
            id uuid CONSTRAINT pk_recommendations PRIMARY KEY,
            assessment_id uuid NOT NULL
                CONSTRAINT uq_recommendations_assessment_id UNIQUE
                CONSTRAINT fk_recommendations_assessment_id REFERENCES assessments,
            summary text,
            engine text NOT NULL,
            model text,
            prompt_version text,
            prompt_hash text,
            created_at timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE recommendation_items (
            recommendation_id uuid
                CONSTRAINT fk_recommendation_items_recommendation_id REFERENCES recommendations,
            rank integer,
            credential_id uuid NOT NULL,
            credential jsonb NOT NULL,
            score double precision NOT NULL,
            vector_similarity double precision,
            text_score double precision,
            why text,
            sources jsonb NOT NULL,
            CONSTRAINT pk_recommendation_items PRIMARY KEY (recommendation_id, rank)
        )
    """)
    op.execute("""
        CREATE TABLE rag_traces (
            recommendation_id uuid CONSTRAINT pk_rag_traces PRIMARY KEY
                CONSTRAINT fk_rag_traces_recommendation_id REFERENCES recommendations,
            query text,
            embedding_model text,
            candidates integer NOT NULL,
            filters jsonb NOT NULL
        )
    """)
    for table, erasable in (
        ("recommendations", "'summary'"),
        ("recommendation_items", "'why'"),
        ("rag_traces", "'query'"),
    ):
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION assay_refuse_change({erasable})
        """)


def downgrade() -> None:
    op.execute("DROP TABLE rag_traces, recommendation_items, recommendations")
