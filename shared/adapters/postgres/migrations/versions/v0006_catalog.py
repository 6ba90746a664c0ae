"""The credential catalog, its full-text index and its embeddings."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.execute("""
        CREATE FUNCTION assay_join_text(words text[]) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN array_to_string(words, ' ')
    """)
    op.execute("""
        CREATE TABLE credential_catalog (
            id uuid CONSTRAINT pk_credential_catalog PRIMARY KEY,
            slug text NOT NULL CONSTRAINT uq_credential_catalog_slug UNIQUE,
            active boolean NOT NULL,
            content_hash text NOT NULL,
            text_hash text NOT NULL,
            title text NOT NULL,
            provider text NOT NULL,
            url text NOT NULL,
            level text NOT NULL,
            hours double precision,
            effort text,
            format text NOT NULL,
            skills text[] NOT NULL,
            tracks text[] NOT NULL,
            description text NOT NULL,
            outcomes text[] NOT NULL,
            search tsvector GENERATED ALWAYS AS (
                setweight(to_tsvector('english', title), 'A')
                || setweight(
                    to_tsvector('english', replace(assay_join_text(skills), '-', ' ')), 'A'
                )
                || setweight(to_tsvector('english', assay_join_text(outcomes)), 'B')
                || setweight(to_tsvector('english', description), 'C')
            ) STORED
        )
    """)
    op.execute("CREATE INDEX ix_credential_catalog_search ON credential_catalog USING gin (search)")
    op.execute("CREATE INDEX ix_credential_catalog_tracks ON credential_catalog USING gin (tracks)")
    op.execute("""
        CREATE TABLE embedding_artifacts (
            credential_id uuid CONSTRAINT fk_embedding_artifacts_credential_id
                REFERENCES credential_catalog,
            model text,
            dimensions integer NOT NULL,
            content_hash text NOT NULL,
            vector vector(256) NOT NULL,
            CONSTRAINT pk_embedding_artifacts PRIMARY KEY (credential_id, model)
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE embedding_artifacts, credential_catalog")
    op.execute("DROP FUNCTION assay_join_text(text[])")
    op.execute("DROP EXTENSION vector")
