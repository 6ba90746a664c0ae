"""Recommendations as they were given, and what retrieval saw."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    integer,
    metadata,
    moment,
    number,
    payload,
    text,
    uuid,
    uuid_key,
)

recommendations = sa.Table(
    "recommendations",
    metadata,
    uuid_key(),
    uuid("assessment_id", sa.ForeignKey("assessments.id")),
    text("summary", nullable=True),  # personal: speaks of the student
    text("engine"),
    text("model", nullable=True),
    text("prompt_version", nullable=True),
    text("prompt_hash", nullable=True),
    moment("created_at"),
    sa.UniqueConstraint("assessment_id"),
)

recommendation_items = sa.Table(
    "recommendation_items",
    metadata,
    uuid("recommendation_id", sa.ForeignKey("recommendations.id")),
    integer("rank"),
    uuid("credential_id"),
    payload("credential"),
    number("score"),
    number("vector_similarity", nullable=True),
    number("text_score", nullable=True),
    text("why", nullable=True),  # personal: speaks of the student
    payload("sources"),
    sa.PrimaryKeyConstraint("recommendation_id", "rank"),
    sa.UniqueConstraint("recommendation_id", "credential_id"),
)

rag_traces = sa.Table(
    "rag_traces",
    metadata,
    sa.Column(
        "recommendation_id",
        sa.Uuid(as_uuid=False),
        sa.ForeignKey("recommendations.id"),
        primary_key=True,
    ),
    text("query", nullable=True),  # personal: built from the student's interests and gaps
    text("embedding_model", nullable=True),
    integer("candidates"),
    payload("filters"),
    payload("ranking", nullable=True),
)
