"""The trigger that keeps records as they were written.

It refuses every UPDATE and DELETE, but for an UPDATE that empties columns named in its arguments
and touches nothing else: the erasure of personal text.
"""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION assay_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            old_row jsonb;
            new_row jsonb;
            erasable text;
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                old_row := to_jsonb(OLD);
                new_row := to_jsonb(NEW);
                FOREACH erasable IN ARRAY coalesce(TG_ARGV, '{}') LOOP
                    IF new_row -> erasable = 'null' THEN
                        old_row := old_row - erasable;
                        new_row := new_row - erasable;
                    END IF;
                END LOOP;
                IF old_row = new_row THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
        $$
    """)


def downgrade() -> None:
    op.execute("DROP FUNCTION assay_refuse_change()")
