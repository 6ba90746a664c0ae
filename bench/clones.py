"""Copies of completed assessments for many students, made inside the database.

Every column of every table is copied as it is, but for keys, which are new, and times, which are
shifted so that the copies spread over the days before.
"""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INTERVAL, array

from shared.adapters.postgres import tables
from shared.domain.assessment import AssessmentStatus

STUDENTS: Final = 1_000
DAYS: Final = 90

clones: Final = sa.Table(
    "clones",
    sa.MetaData(),
    sa.Column("id", sa.Uuid(as_uuid=False)),
    sa.Column("source_id", sa.Uuid(as_uuid=False)),
    sa.Column("recommendation_id", sa.Uuid(as_uuid=False)),
    sa.Column("student_id", sa.Uuid(as_uuid=False)),
    sa.Column("shift", INTERVAL),
    prefixes=["TEMPORARY"],
)
_c: Final = clones.c
_new_id: Final = sa.func.uuidv7(_c.shift)

BY_ASSESSMENT: Final[Mapping[sa.Table, Mapping[str, Any]]] = {
    tables.assessments: {"id": _c.id, "student_id": _c.student_id},
    tables.ai_scoring_decisions: {},
    tables.assessment_question_snapshots: {},
    tables.assessment_responses: {},
    tables.rule_scores: {},
    tables.essay_scores: {"id": _new_id},
    tables.profiles: {},
    tables.recommendations: {"id": _c.recommendation_id},
    tables.async_jobs: {"id": _new_id},
    tables.model_usage: {},
}
BY_RECOMMENDATION: Final = (tables.recommendation_items, tables.rag_traces)


def clone(connection: sa.Connection, assessments: int) -> None:
    """Copy the completed assessments that are there until there are so many."""
    _add_students(connection)
    _plan(connection, assessments)
    for table, changes in BY_ASSESSMENT.items():
        key = table.c.id if table is tables.assessments else table.c.assessment_id
        _copy(connection, table, key == _c.source_id, {key.name: _c.id, **changes})
    for table in BY_RECOMMENDATION:
        source = tables.recommendations
        is_its = table.c.recommendation_id.in_(
            sa.select(source.c.id).where(source.c.assessment_id == _c.source_id)
        )
        _copy(connection, table, is_its, {"recommendation_id": _c.recommendation_id})
    _add_events(connection)
    _add_keys(connection)
    connection.execute(sa.text("VACUUM (ANALYZE)"))


def _add_students(connection: sa.Connection) -> None:
    connection.execute(
        sa.text("""
            INSERT INTO users (id, email, name, role, password_hash, created_at)
            SELECT uuidv7(), 'student-' || n || '@bench.test', name, role, password_hash, created_at
            FROM users, generate_series(1, :students) AS n
        """),
        {"students": STUDENTS},
    )
    connection.execute(
        sa.text("""
            INSERT INTO sessions (id, user_id, generation, created_at, expires_at)
            SELECT uuidv7(), users.id, 0, session.created_at, session.expires_at
            FROM users, (SELECT * FROM sessions LIMIT 1) AS session
            WHERE users.id <> session.user_id
        """)
    )


def _plan(connection: sa.Connection, assessments: int) -> None:
    """Decide of each copy what it is of, whose it is and when it was, oldest first."""
    clones.create(connection)
    connection.execute(
        sa.text("""
            WITH source AS (
                SELECT array_agg(id) AS ids FROM assessments WHERE status = :completed
            ), student AS (
                SELECT array_agg(u.id) AS ids FROM users u
                WHERE NOT EXISTS (SELECT FROM assessments a WHERE a.student_id = u.id)
            ), copy AS (
                SELECT n, make_interval(days => :days) * (n::float / :copies - 1) AS shift
                FROM source, generate_series(1, :copies - cardinality(source.ids)) AS n
            )
            INSERT INTO clones (id, source_id, recommendation_id, student_id, shift)
            SELECT
                uuidv7(shift),
                source.ids[1 + mod(n, cardinality(source.ids))],
                uuidv7(shift),
                student.ids[1 + mod(n, cardinality(student.ids))],
                shift
            FROM copy, source, student
            ORDER BY n
        """),
        {"completed": AssessmentStatus.COMPLETED, "days": DAYS, "copies": assessments},
    )
    connection.execute(sa.text("ANALYZE clones"))


def _copy(
    connection: sa.Connection,
    table: sa.Table,
    is_its: sa.ColumnElement[bool],
    changes: Mapping[str, Any],
) -> None:
    columns = [column for column in table.columns if column.identity is None]
    values = [changes.get(column.name, _shifted(column)) for column in columns]
    rows = sa.select(*values).select_from(clones.join(table, is_its)).order_by(_c.id)
    connection.execute(sa.insert(table).from_select(columns, rows))


def _shifted(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return column + _c.shift if isinstance(column.type, sa.DateTime) else column


def _add_events(connection: sa.Connection) -> None:
    events = tables.outbox_events
    is_its = events.c.data["assessmentId"].astext == sa.cast(_c.source_id, sa.Text)
    number = sa.func.row_number().over(
        partition_by=_c.student_id, order_by=(_c.id, events.c.sequence)
    )
    changes = {
        "id": _new_id,
        "student_id": _c.student_id,
        "sequence": number,
        "data": sa.func.jsonb_set(
            events.c.data, array(["assessmentId"]), sa.func.to_jsonb(sa.cast(_c.id, sa.Text))
        ),
    }
    _copy(connection, events, is_its, changes)
    connection.execute(
        sa.text("""
            INSERT INTO student_event_counters (student_id, last)
            SELECT student_id, max(sequence) FROM outbox_events GROUP BY student_id
            ON CONFLICT DO NOTHING
        """)
    )


def _add_keys(connection: sa.Connection) -> None:
    """Each start and submit had one; all of them, though a day's would be kept."""
    connection.execute(
        sa.text("""
            INSERT INTO idempotency_keys
                (scope, operation, key, request_hash, resource_id, created_at)
            SELECT clones.student_id::text, sample.operation, gen_random_uuid()::text,
                sample.request_hash, clones.id::text, sample.created_at
            FROM clones, (
                SELECT DISTINCT ON (operation) operation, request_hash, created_at
                FROM idempotency_keys ORDER BY operation
            ) AS sample
        """)
    )
