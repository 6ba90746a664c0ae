"""Who uses Assay, their logins, and what students are accommodated with."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    integer,
    metadata,
    moment,
    number,
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
    sa.Index(None, "role", "id"),
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

accommodations = sa.Table(
    "accommodations",
    metadata,
    uuid("student_id", sa.ForeignKey("users.id")),
    integer("version"),
    number("time_multiplier", nullable=True),
    integer("extra_days", nullable=True),
    text("reason", nullable=True),
    uuid("set_by", sa.ForeignKey("users.id")),
    moment("set_at"),
    sa.PrimaryKeyConstraint("student_id", "version"),
    sa.CheckConstraint("time_multiplier BETWEEN 1 AND 3", name="time_multiplier"),
    sa.CheckConstraint("extra_days BETWEEN 0 AND 60", name="extra_days"),
    sa.CheckConstraint("(time_multiplier IS NULL) = (extra_days IS NULL)", name="both_or_neither"),
)
