"""The audit log."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE audit_logs (
            number bigint CONSTRAINT pk_audit_logs PRIMARY KEY,
            actor text NOT NULL,
            action text NOT NULL,
            subject text NOT NULL,
            details json NOT NULL,
            at timestamptz NOT NULL,
            previous_hash text NOT NULL,
            hash text NOT NULL
        )
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_logs
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)


def downgrade() -> None:
    op.execute("DROP TABLE audit_logs")
