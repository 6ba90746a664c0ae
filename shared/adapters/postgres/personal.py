"""Which columns hold what a person is called or has said: the one place that knows.

Erasure and retention work by this list. A test holds every column of text, JSON or arrays of every
table to stand either here or in `IMPERSONAL`, and finds personal text in no column of the latter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from shared.adapters.postgres import tables as t
from shared.domain.job import JobStatus

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalText:
    """Columns of one table, and how their rows belong to an assessment or to a person."""

    table: sa.Table
    columns: tuple[str, ...]
    owner: sa.ColumnElement[Any]
    """Compared with the ids of assessments, or with the one of the person."""
    is_row_kept: bool
    """Whether the rest of the row stays, as statistics."""
    also: Mapping[str, Any] | None = None
    """Columns that change with them, and to what."""

    def is_filled(self) -> Condition:
        return sa.or_(*map(self._is_filled, self.columns))

    def emptied(self) -> dict[str, Any]:
        """Return an empty array for each column that is one, NULL for the others."""
        columns = self.table.c
        empty = array([], type_=sa.Text)
        values = {n: empty if _is_array(columns[n]) else sa.null() for n in self.columns}
        return values | dict(self.also or {})

    def _is_filled(self, name: str) -> Condition:
        column = self.table.c[name]
        return sa.func.cardinality(column) > 0 if _is_array(column) else column.is_not(None)


def _is_array(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, ARRAY)


def _of_recommendation(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return the assessment of the recommendation that the column names."""
    head = t.recommendations
    return sa.select(head.c.assessment_id).where(head.c.id == column).scalar_subquery()


_is_undone: Final = t.async_jobs.c.status.in_([JobStatus.QUEUED, JobStatus.RUNNING])

OF_ASSESSMENT: Final = (
    # First: a worker ends its job in the transaction that writes the score, so from here on either
    # the score is there to be emptied, or the job is done and its worker writes nothing.
    PersonalText(
        table=t.async_jobs,
        columns=("output",),
        owner=t.async_jobs.c.assessment_id,
        is_row_kept=True,
        also={
            "status": sa.case((_is_undone, JobStatus.FELL_BACK), else_=t.async_jobs.c.status),
            "lease_until": sa.null(),
        },
    ),
    PersonalText(
        table=t.assessment_responses,
        columns=("selected", "answer_text"),
        owner=t.assessment_responses.c.assessment_id,
        is_row_kept=False,
    ),
    PersonalText(
        table=t.essay_scores,
        columns=("words",),
        owner=t.essay_scores.c.assessment_id,
        is_row_kept=True,
    ),
    PersonalText(
        table=t.profiles,
        columns=("strengths", "improvements"),
        owner=t.profiles.c.assessment_id,
        is_row_kept=True,
    ),
    PersonalText(
        table=t.recommendations,
        columns=("summary",),
        owner=t.recommendations.c.assessment_id,
        is_row_kept=True,
    ),
    PersonalText(
        table=t.recommendation_items,
        columns=("why",),
        owner=_of_recommendation(t.recommendation_items.c.recommendation_id),
        is_row_kept=True,
    ),
    PersonalText(
        table=t.rag_traces,
        columns=("query",),
        owner=_of_recommendation(t.rag_traces.c.recommendation_id),
        is_row_kept=True,
    ),
    PersonalText(
        table=t.recommendation_feedback,
        columns=("comment",),
        owner=_of_recommendation(t.recommendation_feedback.c.recommendation_id),
        is_row_kept=True,
    ),
    # The student's, whoever gave it: it stays when its author is erased.
    PersonalText(
        table=t.recommendation_verdicts,
        columns=("reason",),
        owner=_of_recommendation(t.recommendation_verdicts.c.recommendation_id),
        is_row_kept=True,
    ),
)

OF_PERSON: Final[tuple[PersonalText, ...]] = (
    PersonalText(table=t.sessions, columns=(), owner=t.sessions.c.user_id, is_row_kept=False),
    PersonalText(
        table=t.review_leases, columns=(), owner=t.review_leases.c.holder_id, is_row_kept=False
    ),
    PersonalText(
        table=t.idempotency_keys,
        # A registration's scope is the e-mail address; a key is whatever the client thought of.
        columns=("scope", "key"),
        owner=t.idempotency_keys.c.scope,
        is_row_kept=False,
    ),
    PersonalText(
        table=t.accommodations,
        columns=("reason",),
        owner=t.accommodations.c.student_id,
        is_row_kept=True,
    ),
    # What they said of others' recommendations; of their own it goes with the assessment as well.
    PersonalText(
        table=t.recommendation_feedback,
        columns=("comment",),
        owner=t.recommendation_feedback.c.author_id,
        is_row_kept=True,
    ),
)

ACCOUNT: Final = PersonalText(
    table=t.users,
    columns=("email", "name", "password_hash", "created_at"),
    owner=t.users.c.id,
    is_row_kept=True,
    also={"erased": sa.true(), "id": sa.func.gen_random_uuid()},
)

IMPERSONAL: Final[Mapping[str, frozenset[str]]] = {
    "alembic_version": frozenset({"version_num"}),
    "ai_scoring_decisions": frozenset({"decision"}),
    "assessments": frozenset(
        {"track_id", "experience_level", "status", "degradations", "ai_scoring"}
    ),
    "async_jobs": frozenset({"kind", "status"}),
    # Ids, actions and values; `details` never holds an identity or an answer.
    "audit_anchors": frozenset({"hash"}),
    "audit_logs": frozenset({"actor", "action", "subject", "details", "previous_hash", "hash"}),
    "credential_catalog": frozenset(
        {
            *("slug", "content_hash", "text_hash", "title", "provider", "url", "level", "effort"),
            *("format", "skills", "tracks", "description", "outcomes", "search"),
            *("source", "origin"),
        }
    ),
    "credential_versions": frozenset({"origin", "content_hash", "body", "remarks"}),
    "embedding_artifacts": frozenset({"content_hash"}),
    "embedding_sets": frozenset({"model", "status"}),
    # `criteria` and `second_reading` are marks and places in the answer, `flags` fixed words.
    "essay_scores": frozenset(
        {
            *("criteria", "flags", "engine", "model", "prompt_version", "prompt_hash"),
            *("rubric_hash", "second_reading"),
        }
    ),
    "idempotency_keys": frozenset({"operation", "request_hash", "resource_id"}),
    "index_rebuilds": frozenset({"model", "status", "started_by", "failure"}),
    "metric_snapshots": frozenset({"granularity", "track_id"}),
    "model_usage": frozenset({"purpose", "model"}),
    "outbox_events": frozenset({"type", "data"}),
    "profiles": frozenset({"band", "domain_breakdown"}),
    "question_versions": frozenset({"content_hash", "body", "origin", "remarks"}),
    "questions": frozenset({"slug", "track_id", "content_hash", "origin"}),
    "rag_traces": frozenset({"embedding_model", "filters", "ranking"}),
    "recommendation_feedback": frozenset({"author_role"}),
    # `credential` and `sources` are the catalog's words.
    "recommendation_items": frozenset({"credential", "sources"}),
    "recommendation_verdicts": frozenset({"author_role"}),
    "recommendations": frozenset({"engine", "model", "prompt_version", "prompt_hash"}),
    # `outcome` is marks and verdicts.
    "rescore_items": frozenset({"status", "movement", "outcome", "error"}),
    "rescores": frozenset({"scope", "subject", "requested_by"}),
    "role_catalog": frozenset({"id", "name", "content_hash", "body", "origin"}),
    "rule_scores": frozenset({"domain"}),
    "users": frozenset({"role"}),
    "webhook_attempts": frozenset({"response_body", "error"}),
    "webhook_deliveries": frozenset({"status"}),
    "webhook_endpoints": frozenset(
        {"url", "description", "event_types", "secret", "previous_secret", "disabled"}
    ),
    # Ids and numbers, as in the outbox; what was delivered goes with the person all the same.
    "webhook_events": frozenset({"type", "body"}),
}
"""All other columns that could hold words, by table."""
