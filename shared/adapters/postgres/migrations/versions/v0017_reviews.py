"""Leases of reviews, and indexes for the queue and for the cohort of a track."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE review_leases (
            essay_score_id uuid CONSTRAINT pk_review_leases PRIMARY KEY
                CONSTRAINT fk_review_leases_essay_score_id REFERENCES essay_scores,
            holder_id uuid NOT NULL CONSTRAINT fk_review_leases_holder_id
                REFERENCES users ON UPDATE CASCADE,
            until timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE INDEX ix_essay_scores_review ON essay_scores (created_at)
        WHERE flags <> '{}'::text[] OR criteria @> '[{"unsure": true}]'::jsonb
    """)
    op.execute("CREATE INDEX ix_assessments_track ON assessments (track_id, id)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_assessments_track")
    op.execute("DROP INDEX ix_essay_scores_review")
    op.execute("DROP TABLE review_leases")
