"""Webhooks, the messages for them, and the log of every attempt."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    integer,
    metadata,
    moment,
    one_of,
    text,
    texts,
    uuid,
    uuid_key,
)
from shared.domain.webhook import DisabledReason
from shared.domain.webhook_delivery import DeliveryStatus

webhook_endpoints = sa.Table(
    "webhook_endpoints",
    metadata,
    uuid_key(),
    text("url"),
    text("description"),
    texts("event_types"),
    text("secret"),  # encrypted, as the previous one
    text("previous_secret", nullable=True),
    moment("previous_until", nullable=True),
    text("disabled", nullable=True),
    moment("failing_since", nullable=True),
    moment("created_at"),
    one_of("disabled", DisabledReason),
)

webhook_events = sa.Table(
    "webhook_events",
    metadata,
    uuid_key(),
    text("type"),
    uuid("student_id", nullable=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    moment("occurred_at"),
    text("body"),  # what receivers get, to the byte
    sa.UniqueConstraint("student_id", "sequence"),
    sa.Index(None, "occurred_at"),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    uuid_key(),
    uuid("endpoint_id", sa.ForeignKey("webhook_endpoints.id", ondelete="CASCADE")),
    uuid("event_id", sa.ForeignKey("webhook_events.id")),
    uuid("lane"),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    text("status"),
    integer("attempts"),
    integer("logged"),
    integer("run"),
    moment("created_at"),
    moment("due_at"),
    moment("lease_until", nullable=True),
    moment("finished_at", nullable=True),
    sa.UniqueConstraint("endpoint_id", "event_id"),
    sa.Index(None, "event_id"),
    one_of("status", DeliveryStatus),
)
_d = webhook_deliveries.c
sa.Index("ix_webhook_deliveries_endpoint", _d.endpoint_id, _d.id)
sa.Index(
    "ix_webhook_deliveries_lane",
    _d.endpoint_id,
    _d.lane,
    _d.sequence,
    postgresql_where="status = 'pending'",
)
sa.Index(
    "ix_webhook_deliveries_lease",
    _d.endpoint_id,
    _d.lease_until,
    postgresql_where="lease_until IS NOT NULL",
)
sa.Index(
    "ix_webhook_deliveries_finished", _d.finished_at, postgresql_where="finished_at IS NOT NULL"
)
sa.Index("ix_webhook_deliveries_due", _d.due_at, postgresql_where="status = 'pending'")

webhook_attempts = sa.Table(
    "webhook_attempts",
    metadata,
    uuid("delivery_id", sa.ForeignKey("webhook_deliveries.id", ondelete="CASCADE")),
    integer("number"),
    moment("at"),
    integer("response_status", nullable=True),
    integer("latency_ms"),
    text("response_body"),
    text("error", nullable=True),
    sa.PrimaryKeyConstraint("delivery_id", "number"),
)
