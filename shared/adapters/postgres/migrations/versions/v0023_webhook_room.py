"""What is being sent to a webhook right now, that it be at most ten; and what ended lately."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX ix_webhook_deliveries_lease
        ON webhook_deliveries (endpoint_id, lease_until) WHERE lease_until IS NOT NULL
    """)
    op.execute("""
        CREATE INDEX ix_webhook_deliveries_finished
        ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL
    """)


def downgrade() -> None:
    op.execute("DROP INDEX ix_webhook_deliveries_finished, ix_webhook_deliveries_lease")
