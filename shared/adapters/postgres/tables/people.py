"""Who uses Assay, their logins, and what students are accommodated with."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

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


def called(name: sa.ColumnElement[str], email: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """The words that somebody can be found by; NULL of who is erased."""
    return sa.func.assay_called(name, email, type_=TSVECTOR)


# Erasure gives a row another id and takes from it all that tells who it was: what is left is a
# pseudonym. Not even a time is left, since the audit log tells when somebody was erased.
users = sa.Table(
    "users",
    metadata,
    uuid_key(),
    text("email", nullable=True),
    text("name", nullable=True),
    text("role"),
    text("password_hash", nullable=True),
    moment("created_at", nullable=True),
    sa.Column("erased", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("email"),
    one_of("role", Role),
    sa.CheckConstraint(
        "CASE WHEN erased THEN num_nonnulls(email, name, password_hash, created_at) = 0 "
        "ELSE num_nulls(email, name, password_hash, created_at) = 0 END",
        name="erased",
    ),
    sa.Index(None, "role", "id"),
)
sa.Index("ix_users_called", called(users.c.name, users.c.email), postgresql_using="gin")


def user(name: str) -> sa.Column[str]:
    """A reference to a user, which follows when erasure gives them another id."""
    return uuid(name, sa.ForeignKey(users.c.id, onupdate="CASCADE"))


sessions = sa.Table(
    "sessions",
    metadata,
    uuid_key(),
    user("user_id"),
    integer("generation"),
    moment("created_at"),
    moment("expires_at"),
    moment("revoked_at", nullable=True),
    sa.Index(None, "user_id"),
)

accommodations = sa.Table(
    "accommodations",
    metadata,
    user("student_id"),
    integer("version"),
    number("time_multiplier", nullable=True),
    integer("extra_days", nullable=True),
    text("reason", nullable=True),
    user("set_by"),
    moment("set_at"),
    sa.PrimaryKeyConstraint("student_id", "version"),
    sa.CheckConstraint("time_multiplier BETWEEN 1 AND 3", name="time_multiplier"),
    sa.CheckConstraint("extra_days BETWEEN 0 AND 60", name="extra_days"),
    sa.CheckConstraint("(time_multiplier IS NULL) = (extra_days IS NULL)", name="both_or_neither"),
)
