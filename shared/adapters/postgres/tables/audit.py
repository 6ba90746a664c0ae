"""The audit log, a hash chain; an anchor is the last hash of a beginning that was removed."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import metadata, moment, text

audit_logs = sa.Table(
    "audit_logs",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    text("actor"),
    text("action"),
    text("subject"),
    # JSON, not JSONB: the hash is over what was written, and JSONB spells numbers its own way.
    sa.Column("details", sa.JSON, nullable=False),
    moment("at"),
    text("previous_hash"),
    text("hash"),
    sa.Index(None, "actor", "number"),
    sa.Index(None, "action", "number"),
    sa.Index(None, "subject", "number"),
    sa.Index(None, "at"),
)

audit_anchors = sa.Table(
    "audit_anchors",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    text("hash"),
)
