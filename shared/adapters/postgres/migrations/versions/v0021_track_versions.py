"""Tracks get an origin and say who changed them, so that administrators can; versions stay fixed.

What is there is the seeds'. Of a version nothing changes but whether it is the current one.
"""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE role_catalog
        ADD COLUMN origin text NOT NULL DEFAULT 'seeds'
            CONSTRAINT ck_role_catalog_origin CHECK (origin IN ('seeds', 'admin')),
        ADD COLUMN changed_by uuid,
        ADD COLUMN changed_at timestamptz
    """)
    op.execute("ALTER TABLE role_catalog ALTER COLUMN origin DROP DEFAULT")
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE ON role_catalog FOR EACH ROW
        WHEN (to_jsonb(OLD) - 'is_current' IS DISTINCT FROM to_jsonb(NEW) - 'is_current')
        EXECUTE FUNCTION assay_refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER append_only_delete BEFORE DELETE ON role_catalog
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER append_only_delete ON role_catalog")
    op.execute("DROP TRIGGER append_only ON role_catalog")
    op.execute("""
        ALTER TABLE role_catalog DROP COLUMN origin, DROP COLUMN changed_by, DROP COLUMN changed_at
    """)
