"""Tracks and questions, versioned: what an assessment was made from is never overwritten."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    flag,
    integer,
    metadata,
    moment,
    one_of,
    payload,
    text,
    uuid,
    uuid_key,
)
from shared.domain.catalog import Origin

role_catalog = sa.Table(
    "role_catalog",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    text("name"),
    flag("active"),
    flag("is_current"),
    text("content_hash"),
    payload("body"),
    text("origin"),
    # Not a foreign key: an account can be erased, and history cannot be changed.
    uuid("changed_by", nullable=True),
    moment("changed_at", nullable=True),
    one_of("origin", Origin),
)
current_track = sa.Index(
    "uq_role_catalog_current", role_catalog.c.id, unique=True, postgresql_where="is_current"
)

questions = sa.Table(
    "questions",
    metadata,
    uuid_key(),
    text("slug"),
    text("track_id"),
    flag("active"),
    integer("current_version"),
    text("content_hash"),
    text("origin"),
    sa.UniqueConstraint("slug"),
    one_of("origin", Origin),
)
sa.Index("ix_questions_pool", questions.c.track_id, postgresql_where="active")

question_versions = sa.Table(
    "question_versions",
    metadata,
    uuid("question_id", sa.ForeignKey("questions.id")),
    integer("version"),
    text("content_hash"),
    payload("body"),
    text("origin"),
    payload("remarks"),
    # Not a foreign key: an account can be erased, and history cannot be changed.
    uuid("changed_by", nullable=True),
    moment("changed_at", nullable=True),
    sa.PrimaryKeyConstraint("question_id", "version"),
)
