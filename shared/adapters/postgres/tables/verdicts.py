"""Verdicts of staff on items of recommendations: one row for each, and none is changed."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    flag,
    integer,
    metadata,
    moment,
    one_of,
    text,
    uuid,
    uuid_key,
)
from shared.adapters.postgres.tables.people import user
from shared.domain.user import STAFF

recommendation_verdicts = sa.Table(
    "recommendation_verdicts",
    metadata,
    uuid_key(),
    uuid("recommendation_id"),
    uuid("credential_id"),
    user("author_id"),
    text("author_role"),
    integer("revision"),
    flag("accepted"),
    text("reason", nullable=True),  # personal: speaks of the student, to them
    moment("created_at"),
    sa.ForeignKeyConstraint(
        ["recommendation_id", "credential_id"],
        ["recommendation_items.recommendation_id", "recommendation_items.credential_id"],
    ),
    sa.UniqueConstraint(
        "recommendation_id",
        "credential_id",
        "revision",
        name="uq_recommendation_verdicts_revision",
    ),
    one_of("author_role", sorted(STAFF)),
    sa.Index(None, "author_id", "id"),
)
