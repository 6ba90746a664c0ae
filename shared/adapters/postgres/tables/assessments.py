"""Assessments, the questions they ask, and the students' responses."""

from typing import Final

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    integer,
    metadata,
    moment,
    one_of,
    payload,
    text,
    texts,
    uuid,
    uuid_key,
)
from shared.adapters.postgres.tables.people import user
from shared.domain.assessment import AssessmentStatus
from shared.domain.consent import NOT_ASKED, AiScoring
from shared.domain.degraded import DegradedReason

assessments = sa.Table(
    "assessments",
    metadata,
    uuid_key(),
    user("student_id"),
    text("track_id"),
    integer("track_version"),
    text("experience_level"),
    text("status"),
    moment("started_at"),
    moment("expires_at"),
    moment("submitted_at", nullable=True),
    moment("completed_at", nullable=True),
    payload("degradations"),
    sa.Column("pipeline_run", sa.Integer, nullable=False, server_default="0"),
    moment("pipeline_started_at", nullable=True),
    sa.Column("time_multiplier", sa.Double, nullable=False, server_default=sa.text("1")),
    sa.Column("extra_days", sa.Integer, nullable=False, server_default="0"),
    integer("accommodations_version", nullable=True),
    # The last of `ai_scoring_decisions`; a trigger keeps it from submission on.
    sa.Column("ai_scoring", sa.Text, nullable=False, server_default=NOT_ASKED.decision.value),
    integer("ai_scoring_text_version", nullable=True),
    moment("ai_scoring_decided_at", nullable=True),
    sa.ForeignKeyConstraint(
        ["track_id", "track_version"], ["role_catalog.id", "role_catalog.version"]
    ),
    sa.ForeignKeyConstraint(
        ["student_id", "accommodations_version"],
        ["accommodations.student_id", "accommodations.version"],
        onupdate="CASCADE",
    ),
    one_of("status", AssessmentStatus),
    one_of("ai_scoring", AiScoring),
)
sa.Index("ix_assessments_page", assessments.c.student_id, assessments.c.id)
sa.Index("ix_assessments_track", assessments.c.track_id, assessments.c.id)
sa.Index(
    "ix_assessments_scoring", assessments.c.submitted_at, postgresql_where="status = 'scoring'"
)
sa.Index(
    "ix_assessments_in_review", assessments.c.submitted_at, postgresql_where="status = 'in_review'"
)
# What the operator's dashboard counts, without reading the rows.
sa.Index(
    "ix_assessments_started",
    assessments.c.started_at,
    postgresql_include=["status", "expires_at"],
)
sa.Index(
    "ix_assessments_completed",
    assessments.c.completed_at,
    postgresql_where="completed_at IS NOT NULL",
)
# Literal, as a query has to repeat it: those with an essay that a fallback marked.
HAS_FALLBACK: Final = f"""assessments.status = 'completed' AND \
assessments.degradations @> '[{{"reason": "{DegradedReason.ESSAY_SCORING_FALLBACK}"}}]'::jsonb"""
sa.Index("ix_assessments_fallback", assessments.c.completed_at, postgresql_where=HAS_FALLBACK)
# What the figures of days and months are counted by, besides these two.
sa.Index(
    "ix_assessments_submitted",
    assessments.c.submitted_at,
    postgresql_where="submitted_at IS NOT NULL",
)

# Evidence of what a student agreed to, or did not: append-only, and kept through erasure.
ai_scoring_decisions = sa.Table(
    "ai_scoring_decisions",
    metadata,
    uuid("assessment_id", sa.ForeignKey("assessments.id")),
    integer("number"),
    text("decision"),
    integer("text_version"),
    moment("decided_at"),
    sa.PrimaryKeyConstraint("assessment_id", "number"),
    one_of("decision", sorted(set(AiScoring) - {NOT_ASKED.decision})),
)

# A snapshot names a question version instead of copying it: `question_versions` refuses every
# change, so the reference is the question exactly as asked; ten rows of 40 bytes instead of 40 kB
# make starting an assessment quick, and a version read once need not be read again.
assessment_question_snapshots = sa.Table(
    "assessment_question_snapshots",
    metadata,
    uuid("assessment_id", sa.ForeignKey("assessments.id")),
    integer("position"),
    uuid("question_id"),
    integer("question_version"),
    sa.PrimaryKeyConstraint("assessment_id", "position"),
    sa.UniqueConstraint("assessment_id", "question_id"),
    sa.ForeignKeyConstraint(
        ["question_id", "question_version"],
        ["question_versions.question_id", "question_versions.version"],
    ),
)

assessment_responses = sa.Table(
    "assessment_responses",
    metadata,
    uuid("assessment_id"),
    uuid("question_id"),
    texts("selected"),
    text("answer_text", nullable=True),
    moment("saved_at"),
    sa.PrimaryKeyConstraint("assessment_id", "question_id"),
    sa.ForeignKeyConstraint(
        ["assessment_id", "question_id"],
        [
            "assessment_question_snapshots.assessment_id",
            "assessment_question_snapshots.question_id",
        ],
    ),
)
