"""The credential catalog with its full-text index, and its history."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from shared.adapters.postgres.tables.metadata import (
    flag,
    integer,
    metadata,
    moment,
    number,
    one_of,
    payload,
    text,
    texts,
    uuid,
    uuid_key,
)
from shared.domain.catalog import Origin

# Hyphens are taken out of skill ids: the parser would add `rest-api-design` as a word of its own.
# `assay_join_text` is `array_to_string` declared immutable, which it is for text, and which a
# generated column demands.
SEARCHABLE = """\
setweight(to_tsvector('english'::regconfig, title), 'A'::"char")
|| setweight(to_tsvector('english'::regconfig, replace(assay_join_text(skills), '-', ' ')), \
'A'::"char")
|| setweight(to_tsvector('english'::regconfig, assay_join_text(outcomes)), 'B'::"char")
|| setweight(to_tsvector('english'::regconfig, description), 'C'::"char")"""

credential_catalog = sa.Table(
    "credential_catalog",
    metadata,
    uuid_key(),
    text("slug"),
    flag("active"),
    text("content_hash"),
    text("text_hash"),
    text("title"),
    text("provider"),
    text("url"),
    text("level"),
    number("hours", nullable=True),
    text("effort", nullable=True),
    text("format"),
    texts("skills"),
    texts("tracks"),
    text("description"),
    texts("outcomes"),
    text("source"),
    integer("version"),
    text("origin"),
    sa.Column("search", TSVECTOR, sa.Computed(SEARCHABLE, persisted=True)),
    sa.UniqueConstraint("slug"),
    one_of("origin", Origin),
)
sa.Index("ix_credential_catalog_search", credential_catalog.c.search, postgresql_using="gin")
sa.Index("ix_credential_catalog_tracks", credential_catalog.c.tracks, postgresql_using="gin")

credential_versions = sa.Table(
    "credential_versions",
    metadata,
    uuid("credential_id", sa.ForeignKey("credential_catalog.id")),
    integer("version"),
    flag("active"),
    text("origin"),
    text("content_hash"),
    payload("body"),
    payload("remarks"),
    # Not a foreign key: an account can be erased, and history cannot be changed.
    uuid("changed_by", nullable=True),
    moment("changed_at"),
    sa.PrimaryKeyConstraint("credential_id", "version"),
)
