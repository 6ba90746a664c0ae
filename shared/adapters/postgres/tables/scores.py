"""Marks and profiles. What a score says and what it says of a student's words stand apart."""

from typing import Final

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    integer,
    metadata,
    moment,
    number,
    payload,
    text,
    texts,
    uuid,
    uuid_key,
)
from shared.domain.essay import PERSON

rule_scores = sa.Table(
    "rule_scores",
    metadata,
    uuid("assessment_id"),
    uuid("question_id"),
    text("domain"),
    number("score"),
    number("max_score"),
    sa.PrimaryKeyConstraint("assessment_id", "question_id"),
    sa.ForeignKeyConstraint(
        ["assessment_id", "question_id"],
        [
            "assessment_question_snapshots.assessment_id",
            "assessment_question_snapshots.question_id",
        ],
    ),
)

essay_scores = sa.Table(
    "essay_scores",
    metadata,
    uuid_key(),
    uuid("assessment_id"),
    uuid("question_id"),
    integer("question_version"),
    integer("attempt"),
    number("score"),
    payload("criteria"),
    payload("words", nullable=True),  # personal: quotes the student
    texts("flags"),
    text("engine"),
    text("model", nullable=True),
    text("prompt_version", nullable=True),
    text("prompt_hash", nullable=True),
    text("rubric_hash"),
    moment("created_at"),
    payload("second_reading", nullable=True),
    sa.UniqueConstraint("assessment_id", "question_id", "attempt"),
    sa.ForeignKeyConstraint(
        ["assessment_id", "question_id"],
        [
            "assessment_question_snapshots.assessment_id",
            "assessment_question_snapshots.question_id",
        ],
    ),
)

# Literal: PostgreSQL uses a partial index where a query repeats its condition.
UNSURE: Final = """essay_scores.criteria @> '[{"unsure": true}]'::jsonb"""
NEEDS_REVIEW: Final = f"essay_scores.flags <> '{{}}'::text[] OR {UNSURE}"
sa.Index("ix_essay_scores_review", essay_scores.c.created_at, postgresql_where=NEEDS_REVIEW)
# Partial, so that no query that names an assessment takes it for the better way.
BY_ENGINE: Final = f"essay_scores.engine <> '{PERSON}'"
sa.Index("ix_essay_scores_question", essay_scores.c.question_id, postgresql_where=BY_ENGINE)

profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column(
        "assessment_id", sa.Uuid(as_uuid=False), sa.ForeignKey("assessments.id"), primary_key=True
    ),
    integer("overall_score"),
    text("band"),
    number("confidence"),
    payload("domain_breakdown"),
    texts("strengths"),
    texts("improvements"),
)
