"""Feedback on recommendations and their items, append-only."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE recommendation_items
        ADD CONSTRAINT uq_recommendation_items_recommendation_id_credential_id
            UNIQUE (recommendation_id, credential_id)
    """)
    op.execute("""
        CREATE TABLE recommendation_feedback (
            id uuid CONSTRAINT pk_recommendation_feedback PRIMARY KEY,
            recommendation_id uuid NOT NULL
                CONSTRAINT fk_recommendation_feedback_recommendation_id REFERENCES recommendations,
            credential_id uuid,
            author_id uuid NOT NULL
                CONSTRAINT fk_recommendation_feedback_author_id REFERENCES users,
            author_role text NOT NULL CONSTRAINT ck_recommendation_feedback_author_role
                CHECK (author_role IN ('advisor', 'student')),
            revision integer NOT NULL,
            relevance integer NOT NULL CONSTRAINT ck_recommendation_feedback_relevance
                CHECK (relevance BETWEEN 1 AND 5),
            fit integer NOT NULL CONSTRAINT ck_recommendation_feedback_fit
                CHECK (fit BETWEEN 1 AND 5),
            accepted boolean,
            comment text,
            created_at timestamptz NOT NULL,
            CONSTRAINT uq_recommendation_feedback_revision
                UNIQUE NULLS NOT DISTINCT (recommendation_id, author_id, credential_id, revision),
            CONSTRAINT fk_recommendation_feedback_recommendation_id_credential_id
                FOREIGN KEY (recommendation_id, credential_id)
                REFERENCES recommendation_items (recommendation_id, credential_id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_recommendation_feedback_created_at ON recommendation_feedback (created_at)
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON recommendation_feedback
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change('comment')
    """)


def downgrade() -> None:
    op.execute("DROP TABLE recommendation_feedback")
    op.execute("""
        ALTER TABLE recommendation_items
        DROP CONSTRAINT uq_recommendation_items_recommendation_id_credential_id
    """)
