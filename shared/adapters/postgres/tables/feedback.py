"""Feedback on recommendations: one row each time somebody says something, and none is changed."""

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
from shared.domain.feedback import BEST, GIVERS, WORST


def _mark(name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{name} BETWEEN {WORST} AND {BEST}", name=name)


recommendation_feedback = sa.Table(
    "recommendation_feedback",
    metadata,
    uuid_key(),
    uuid("recommendation_id", sa.ForeignKey("recommendations.id")),
    uuid("credential_id", nullable=True),
    user("author_id"),
    text("author_role"),
    integer("revision"),
    integer("relevance"),
    integer("fit"),
    flag("accepted", nullable=True),
    text("comment", nullable=True),  # personal: an author's words, about a student
    moment("created_at"),
    # What is not an item of the recommendation cannot be spoken of.
    sa.ForeignKeyConstraint(
        ["recommendation_id", "credential_id"],
        ["recommendation_items.recommendation_id", "recommendation_items.credential_id"],
    ),
    # The author before the item: for an item that is null the index is read by the first two.
    sa.UniqueConstraint(
        "recommendation_id",
        "author_id",
        "credential_id",
        "revision",
        name="uq_recommendation_feedback_revision",
        postgresql_nulls_not_distinct=True,
    ),
    one_of("author_role", sorted(GIVERS)),
    _mark("relevance"),
    _mark("fit"),
    sa.Index(None, "created_at"),
)
