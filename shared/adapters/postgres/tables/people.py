"""Who uses Assay, and their logins."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    integer,
    metadata,
    moment,
    one_of,
    text,
    uuid,
    uuid_key,
)
from shared.domain.user import Role

users = sa.Table(
    "users",
    metadata,
    uuid_key(),
    text("email"),
    text("name"),
    text("role"),
    text("password_hash"),
    moment("created_at"),
    sa.UniqueConstraint("email"),
    one_of("role", Role),
)

sessions = sa.Table(
    "sessions",
    metadata,
    uuid_key(),
    uuid("user_id", sa.ForeignKey("users.id")),
    integer("generation"),
    moment("created_at"),
    moment("expires_at"),
    moment("revoked_at", nullable=True),
    sa.Index(None, "user_id"),
)
