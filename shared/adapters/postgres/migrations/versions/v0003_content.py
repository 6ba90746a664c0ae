"""Tracks and questions, versioned."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE role_catalog (
            id text,
            version integer,
            name text NOT NULL,
            active boolean NOT NULL,
            is_current boolean NOT NULL,
            content_hash text NOT NULL,
            body jsonb NOT NULL,
            CONSTRAINT pk_role_catalog PRIMARY KEY (id, version)
        )
    """)
    op.execute("CREATE UNIQUE INDEX uq_role_catalog_current ON role_catalog (id) WHERE is_current")
    op.execute("""
        CREATE TABLE questions (
            id uuid CONSTRAINT pk_questions PRIMARY KEY,
            slug text NOT NULL CONSTRAINT uq_questions_slug UNIQUE,
            track_id text NOT NULL,
            active boolean NOT NULL,
            current_version integer NOT NULL,
            content_hash text NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_questions_pool ON questions (track_id) WHERE active")
    op.execute("""
        CREATE TABLE question_versions (
            question_id uuid CONSTRAINT fk_question_versions_question_id REFERENCES questions,
            version integer,
            content_hash text NOT NULL,
            body jsonb NOT NULL,
            CONSTRAINT pk_question_versions PRIMARY KEY (question_id, version)
        )
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON question_versions
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)


def downgrade() -> None:
    op.execute("DROP TABLE question_versions, questions, role_catalog")
