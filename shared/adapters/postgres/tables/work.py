"""What makes work happen once: jobs, outbox, idempotency keys; and what models were used."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    integer,
    metadata,
    moment,
    one_of,
    payload,
    text,
    uuid,
    uuid_key,
)
from shared.domain.job import JobKind, JobStatus

async_jobs = sa.Table(
    "async_jobs",
    metadata,
    uuid_key(),
    uuid("assessment_id", sa.ForeignKey("assessments.id")),
    text("kind"),
    uuid("question_id", nullable=True),
    text("status"),
    integer("attempt"),
    moment("lease_until", nullable=True),
    moment("started_at", nullable=True),
    moment("finished_at", nullable=True),
    payload("output", nullable=True),
    sa.UniqueConstraint("assessment_id", "kind", "question_id", postgresql_nulls_not_distinct=True),
    one_of("kind", JobKind),
    one_of("status", JobStatus),
)
sa.Index(
    "ix_async_jobs_finished",
    async_jobs.c.kind,
    async_jobs.c.finished_at,
    postgresql_where="finished_at IS NOT NULL",
)

# `position` counts as rows arrive, whatever the clocks of the senders say. A student's events are
# appended under the lock of the student's counter, so their positions follow their sequence.
# What is for the analytics stream counts by assessment, whose id it has for `student_id` (ADR 20).
outbox_events = sa.Table(
    "outbox_events",
    metadata,
    uuid_key(),
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
    text("type"),
    uuid("student_id"),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    moment("occurred_at"),
    payload("data"),
    moment("sent_at", nullable=True),
    sa.UniqueConstraint("student_id", "sequence"),
)
sa.Index("ix_outbox_events_unsent", outbox_events.c.position, postgresql_where="sent_at IS NULL")

student_event_counters = sa.Table(
    "student_event_counters",
    metadata,
    uuid_key("student_id"),
    sa.Column("last", sa.BigInteger, nullable=False),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    text("scope"),
    text("operation"),
    text("key"),
    text("request_hash"),
    text("resource_id"),
    moment("created_at"),
    sa.PrimaryKeyConstraint("scope", "operation", "key"),
    sa.Index(None, "created_at"),
)

model_usage = sa.Table(
    "model_usage",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    uuid("assessment_id"),
    text("purpose"),
    text("model"),
    integer("prompt_tokens"),
    integer("completion_tokens"),
    moment("at"),
    sa.Index(None, "assessment_id"),
    sa.Index(None, "at", postgresql_include=["prompt_tokens", "completion_tokens"]),
)
