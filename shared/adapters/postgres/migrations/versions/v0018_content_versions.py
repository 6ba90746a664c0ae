"""Credentials get versions, and like questions an origin, so that administrators can change them.

A credential that is there becomes version 1 of the seeds. Its hash is emptied: the next loading of
the seeds brings the sources, which were not stored before, as version 2.
"""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE credential_catalog
        ADD COLUMN source text NOT NULL DEFAULT '',
        ADD COLUMN version integer NOT NULL DEFAULT 1,
        ADD COLUMN origin text NOT NULL DEFAULT 'seeds'
            CONSTRAINT ck_credential_catalog_origin CHECK (origin IN ('seeds', 'admin'))
    """)
    op.execute("""
        ALTER TABLE credential_catalog
        ALTER COLUMN source DROP DEFAULT,
        ALTER COLUMN version DROP DEFAULT,
        ALTER COLUMN origin DROP DEFAULT
    """)
    op.execute("""
        CREATE TABLE credential_versions (
            credential_id uuid CONSTRAINT fk_credential_versions_credential_id
                REFERENCES credential_catalog,
            version integer,
            active boolean NOT NULL,
            origin text NOT NULL,
            content_hash text NOT NULL,
            body jsonb NOT NULL,
            remarks jsonb NOT NULL,
            changed_by uuid,
            changed_at timestamptz NOT NULL,
            CONSTRAINT pk_credential_versions PRIMARY KEY (credential_id, version)
        )
    """)
    op.execute("""
        INSERT INTO credential_versions
        SELECT id, version, active, origin, content_hash, jsonb_build_object(
            'id', id, 'slug', slug, 'title', title, 'provider', provider, 'url', url,
            'level', level, 'hours', hours, 'effort', effort, 'format', format, 'skills', skills,
            'tracks', tracks, 'description', description, 'outcomes', outcomes, 'source', source
        ), '[]', NULL, now()
        FROM credential_catalog
    """)
    op.execute("UPDATE credential_catalog SET content_hash = ''")
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credential_versions
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)
    op.execute("""
        ALTER TABLE questions ADD COLUMN origin text NOT NULL DEFAULT 'seeds'
            CONSTRAINT ck_questions_origin CHECK (origin IN ('seeds', 'admin'))
    """)
    op.execute("ALTER TABLE questions ALTER COLUMN origin DROP DEFAULT")
    op.execute("""
        ALTER TABLE question_versions
        ADD COLUMN origin text NOT NULL DEFAULT 'seeds',
        ADD COLUMN remarks jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN changed_by uuid,
        ADD COLUMN changed_at timestamptz
    """)
    op.execute("""
        ALTER TABLE question_versions
        ALTER COLUMN origin DROP DEFAULT, ALTER COLUMN remarks DROP DEFAULT
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE question_versions DROP COLUMN origin, DROP COLUMN remarks,
        DROP COLUMN changed_by, DROP COLUMN changed_at
    """)
    op.execute("ALTER TABLE questions DROP COLUMN origin")
    op.execute("DROP TABLE credential_versions")
    op.execute(
        "ALTER TABLE credential_catalog DROP COLUMN source, DROP COLUMN version, DROP COLUMN origin"
    )
