"""Indexes for what admins read: users by role, the audit log by anything, work by state."""

from alembic import op

revision = "0014"
down_revision = "0013"

INDEXES = (
    "ix_users_role_id ON users (role, id)",
    "ix_audit_logs_actor_number ON audit_logs (actor, number)",
    "ix_audit_logs_action_number ON audit_logs (action, number)",
    "ix_audit_logs_subject_number ON audit_logs (subject, number)",
    "ix_audit_logs_at ON audit_logs (at)",
    "ix_assessments_started ON assessments (started_at) INCLUDE (status, expires_at)",
    "ix_assessments_completed ON assessments (completed_at) WHERE completed_at IS NOT NULL",
)


def upgrade() -> None:
    for index in INDEXES:
        op.execute(f"CREATE INDEX {index}")


def downgrade() -> None:
    for index in INDEXES:
        op.execute(f"DROP INDEX {index.partition(' ')[0]}")
