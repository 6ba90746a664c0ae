"""Rescores with their assessments, and indexes for what they are about."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE rescores (
            id uuid CONSTRAINT pk_rescores PRIMARY KEY,
            scope text NOT NULL CONSTRAINT ck_rescores_scope
                CHECK (scope IN ('assessment', 'question', 'track', 'degraded')),
            subject text NOT NULL,
            since timestamptz,
            is_dry_run boolean NOT NULL,
            may_lower boolean NOT NULL,
            requested_by text NOT NULL,
            requested_at timestamptz NOT NULL,
            finished_at timestamptz
        )
    """)
    op.execute("CREATE INDEX ix_rescores_unfinished ON rescores (id) WHERE finished_at IS NULL")
    op.execute("""
        CREATE UNIQUE INDEX uq_rescores_degraded ON rescores (subject) WHERE scope = 'degraded'
    """)
    op.execute("""
        CREATE TABLE rescore_items (
            rescore_id uuid NOT NULL CONSTRAINT fk_rescore_items_rescore_id REFERENCES rescores,
            assessment_id uuid NOT NULL
                CONSTRAINT fk_rescore_items_assessment_id REFERENCES assessments,
            position integer NOT NULL,
            status text NOT NULL CONSTRAINT ck_rescore_items_status
                CHECK (status IN ('pending', 'done', 'failed')),
            attempt integer NOT NULL,
            failures integer NOT NULL,
            not_before timestamptz NOT NULL,
            movement text CONSTRAINT ck_rescore_items_movement
                CHECK (movement IN ('raised', 'lowered', 'unchanged')),
            crosses_band boolean,
            withheld integer,
            outcome jsonb,
            error text,
            finished_at timestamptz,
            CONSTRAINT pk_rescore_items PRIMARY KEY (rescore_id, assessment_id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_rescore_items_pending
        ON rescore_items (position, not_before, rescore_id) WHERE status = 'pending'
    """)
    op.execute("""
        CREATE INDEX ix_rescore_items_open ON rescore_items (rescore_id) WHERE status = 'pending'
    """)
    op.execute("""
        CREATE INDEX ix_essay_scores_question ON essay_scores (question_id) WHERE engine <> 'person'
    """)
    op.execute("""
        CREATE INDEX ix_assessments_fallback ON assessments (completed_at)
        WHERE status = 'completed'
        AND degradations @> '[{"reason": "essay_scoring_fallback"}]'::jsonb
    """)


def downgrade() -> None:
    op.execute("DROP INDEX ix_assessments_fallback")
    op.execute("DROP INDEX ix_essay_scores_question")
    op.execute("DROP TABLE rescore_items, rescores")
