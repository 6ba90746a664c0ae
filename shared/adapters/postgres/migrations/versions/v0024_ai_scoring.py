"""What students decide on AI scoring, and assessments that people alone read.

Of what is there nobody was asked. Going back, assessments that wait for a person fail: the code
from before would neither score nor show them.
"""

from alembic import op

revision = "0024"
down_revision = "0023"

BEFORE = "'in_progress', 'scoring', 'completed', 'failed', 'expired'"
SINCE = "'in_progress', 'scoring', 'in_review', 'completed', 'failed', 'expired'"


def upgrade() -> None:
    _allow(SINCE)
    op.execute("""
        ALTER TABLE assessments
        ADD COLUMN ai_scoring text NOT NULL DEFAULT 'not_asked'
            CONSTRAINT ck_assessments_ai_scoring
            CHECK (ai_scoring IN ('consented', 'declined', 'not_asked')),
        ADD COLUMN ai_scoring_text_version integer,
        ADD COLUMN ai_scoring_decided_at timestamptz
    """)
    op.execute("""
        CREATE INDEX ix_assessments_in_review ON assessments (submitted_at)
        WHERE status = 'in_review'
    """)
    op.execute("""
        CREATE TABLE ai_scoring_decisions (
            assessment_id uuid CONSTRAINT fk_ai_scoring_decisions_assessment_id
                REFERENCES assessments,
            number integer,
            decision text NOT NULL CONSTRAINT ck_ai_scoring_decisions_decision
                CHECK (decision IN ('consented', 'declined')),
            text_version integer NOT NULL,
            decided_at timestamptz NOT NULL,
            CONSTRAINT pk_ai_scoring_decisions PRIMARY KEY (assessment_id, number)
        )
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ai_scoring_decisions
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)
    op.execute("""
        CREATE FUNCTION assay_keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'what was decided on AI scoring stands from submission on'
                USING ERRCODE = 'restrict_violation';
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER keep_decision
        BEFORE UPDATE OF ai_scoring, ai_scoring_text_version, ai_scoring_decided_at ON assessments
        FOR EACH ROW
        WHEN (
            OLD.submitted_at IS NOT NULL AND (
                OLD.ai_scoring, OLD.ai_scoring_text_version, OLD.ai_scoring_decided_at
            ) IS DISTINCT FROM (
                NEW.ai_scoring, NEW.ai_scoring_text_version, NEW.ai_scoring_decided_at
            )
        )
        EXECUTE FUNCTION assay_keep_decision()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_decision ON assessments")
    op.execute("DROP FUNCTION assay_keep_decision()")
    op.execute("DROP TABLE ai_scoring_decisions")
    op.execute("DROP INDEX ix_assessments_in_review")
    op.execute("""
        ALTER TABLE assessments
        DROP COLUMN ai_scoring,
        DROP COLUMN ai_scoring_text_version,
        DROP COLUMN ai_scoring_decided_at
    """)
    op.execute("UPDATE assessments SET status = 'failed' WHERE status = 'in_review'")
    _allow(BEFORE)


def _allow(statuses: str) -> None:
    op.execute(f"""
        ALTER TABLE assessments
        DROP CONSTRAINT ck_assessments_status,
        ADD CONSTRAINT ck_assessments_status CHECK (status IN ({statuses}))
    """)
