"""Users and their sessions."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE users (
            id uuid CONSTRAINT pk_users PRIMARY KEY,
            email text NOT NULL CONSTRAINT uq_users_email UNIQUE,
            name text NOT NULL,
            role text NOT NULL
                CONSTRAINT ck_users_role CHECK (role IN ('student', 'advisor', 'admin')),
            password_hash text NOT NULL,
            created_at timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE sessions (
            id uuid CONSTRAINT pk_sessions PRIMARY KEY,
            user_id uuid NOT NULL CONSTRAINT fk_sessions_user_id REFERENCES users,
            generation integer NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz
        )
    """)
    op.execute("CREATE INDEX ix_sessions_user_id ON sessions (user_id)")


def downgrade() -> None:
    op.execute("DROP TABLE sessions, users")
