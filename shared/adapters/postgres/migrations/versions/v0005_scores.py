"""Rule scores and essay scores, append-only; profiles."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE rule_scores (
            assessment_id uuid,
            question_id uuid,
            domain text NOT NULL,
            score double precision NOT NULL,
            max_score double precision NOT NULL,
            CONSTRAINT pk_rule_scores PRIMARY KEY (assessment_id, question_id),
            CONSTRAINT fk_rule_scores_assessment_id_question_id
                FOREIGN KEY (assessment_id, question_id)
                REFERENCES assessment_question_snapshots (assessment_id, question_id)
        )
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON rule_scores
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)
    op.execute("""
        CREATE TABLE essay_scores (
            id uuid CONSTRAINT pk_essay_scores PRIMARY KEY,
            assessment_id uuid NOT NULL,
            question_id uuid NOT NULL,
            question_version integer NOT NULL,
            attempt integer NOT NULL,
            score double precision NOT NULL,
            criteria jsonb NOT NULL,
            words jsonb,
            flags text[] NOT NULL,
            engine text NOT NULL,
            model text,
            prompt_version text,
            prompt_hash text,
            rubric_hash text NOT NULL,
            created_at timestamptz NOT NULL,
            CONSTRAINT uq_essay_scores_assessment_id_question_id_attempt
                UNIQUE (assessment_id, question_id, attempt),
            CONSTRAINT fk_essay_scores_assessment_id_question_id
                FOREIGN KEY (assessment_id, question_id)
                REFERENCES assessment_question_snapshots (assessment_id, question_id)
        )
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON essay_scores
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change('words')
    """)
    op.execute("""
        CREATE TABLE profiles (
            assessment_id uuid CONSTRAINT pk_profiles PRIMARY KEY
                CONSTRAINT fk_profiles_assessment_id REFERENCES assessments,
            overall_score integer NOT NULL,
            band text NOT NULL,
            confidence double precision NOT NULL,
            domain_breakdown jsonb NOT NULL,
            strengths text[] NOT NULL,
            improvements text[] NOT NULL
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE profiles, essay_scores, rule_scores")
