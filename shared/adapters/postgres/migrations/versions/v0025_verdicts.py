"""Verdicts of staff on recommended items; all that retrieval weighed; students by their names.

The words of a name and the e-mail address are the lexemes of a text search that knows no language,
so that an index serves their beginnings. It needs no extension, which `pg_trgm` would be.
"""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE recommendation_verdicts (
            id uuid CONSTRAINT pk_recommendation_verdicts PRIMARY KEY,
            recommendation_id uuid NOT NULL,
            credential_id uuid NOT NULL,
            author_id uuid NOT NULL CONSTRAINT fk_recommendation_verdicts_author_id
                REFERENCES users ON UPDATE CASCADE,
            author_role text NOT NULL CONSTRAINT ck_recommendation_verdicts_author_role
                CHECK (author_role IN ('admin', 'advisor')),
            revision integer NOT NULL,
            accepted boolean NOT NULL,
            reason text,
            created_at timestamptz NOT NULL,
            CONSTRAINT uq_recommendation_verdicts_revision
                UNIQUE (recommendation_id, credential_id, revision),
            CONSTRAINT fk_recommendation_verdicts_recommendation_id_credential_id
                FOREIGN KEY (recommendation_id, credential_id)
                REFERENCES recommendation_items (recommendation_id, credential_id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_recommendation_verdicts_author_id_id
        ON recommendation_verdicts (author_id, id)
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON recommendation_verdicts
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change('reason')
    """)
    op.execute("ALTER TABLE rag_traces ADD COLUMN ranking jsonb")
    # STRICT: who is erased has no name, and is not found.
    op.execute(r"""
        CREATE FUNCTION assay_called(name text, email text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT array_to_tsvector(array_remove(
                regexp_split_to_array(lower(name), '\s+')
                || regexp_split_to_array(lower(name), '[\s.,''\u2019()-]+')
                || ARRAY[lower(email)],
                ''
            ))
        $$
    """)
    op.execute("CREATE INDEX ix_users_called ON users USING gin (assay_called(name, email))")


def downgrade() -> None:
    op.execute("DROP INDEX ix_users_called")
    op.execute("DROP FUNCTION assay_called(text, text)")
    op.execute("ALTER TABLE rag_traces DROP COLUMN ranking")
    op.execute("DROP TABLE recommendation_verdicts")
