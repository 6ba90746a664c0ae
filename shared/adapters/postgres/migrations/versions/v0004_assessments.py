"""Assessments, the questions they ask, and responses."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE assessments (
            id uuid CONSTRAINT pk_assessments PRIMARY KEY,
            student_id uuid NOT NULL CONSTRAINT fk_assessments_student_id REFERENCES users,
            track_id text NOT NULL,
            track_version integer NOT NULL,
            experience_level text NOT NULL,
            status text NOT NULL CONSTRAINT ck_assessments_status CHECK (
                status IN ('in_progress', 'scoring', 'completed', 'failed', 'expired')
            ),
            started_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            submitted_at timestamptz,
            completed_at timestamptz,
            degradations jsonb NOT NULL,
            pipeline_run integer NOT NULL DEFAULT 0,
            pipeline_started_at timestamptz,
            CONSTRAINT fk_assessments_track_id_track_version
                FOREIGN KEY (track_id, track_version) REFERENCES role_catalog
        )
    """)
    op.execute("CREATE INDEX ix_assessments_page ON assessments (student_id, id)")
    op.execute("""
        CREATE INDEX ix_assessments_scoring ON assessments (submitted_at)
        WHERE status = 'scoring'
    """)
    op.execute("""
        CREATE TABLE assessment_question_snapshots (
            assessment_id uuid
                CONSTRAINT fk_assessment_question_snapshots_assessment_id REFERENCES assessments,
            position integer,
            question_id uuid NOT NULL,
            question_version integer NOT NULL,
            CONSTRAINT pk_assessment_question_snapshots PRIMARY KEY (assessment_id, position),
            CONSTRAINT uq_assessment_question_snapshots_assessment_id_question_id
                UNIQUE (assessment_id, question_id),
            CONSTRAINT fk_assessment_question_snapshots_question_id_question_version
                FOREIGN KEY (question_id, question_version) REFERENCES question_versions
        )
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON assessment_question_snapshots
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)
    op.execute("""
        CREATE TABLE assessment_responses (
            assessment_id uuid,
            question_id uuid,
            selected text[] NOT NULL,
            answer_text text,
            saved_at timestamptz NOT NULL,
            CONSTRAINT pk_assessment_responses PRIMARY KEY (assessment_id, question_id),
            CONSTRAINT fk_assessment_responses_assessment_id_question_id
                FOREIGN KEY (assessment_id, question_id)
                REFERENCES assessment_question_snapshots (assessment_id, question_id)
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE assessment_responses, assessment_question_snapshots, assessments")
