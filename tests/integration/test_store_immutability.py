"""What PostgreSQL itself refuses, whoever asks; and what erasure may do nevertheless."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.adapters.postgres.store import PostgresStore
from shared.adapters.postgres.tables import metadata
from shared.domain.assessment import Answer
from shared.domain.audit import AuditVerification
from shared.domain.essay import CriterionScore
from tests.builders import (
    MORE_TIME,
    NOON,
    a_consent,
    a_credential,
    a_recommendation,
    a_response,
    a_rule_score,
    a_verdict_on,
    an_accommodations_version,
    an_essay_score,
    an_id,
    feedback_on,
)
from tests.integration.stored import stored_assessment, stored_student

pytestmark = pytest.mark.integration

APPEND_ONLY = {
    "accommodations": "extra_days = 60",
    "ai_scoring_decisions": "decision = 'consented'",
    "assessment_question_snapshots": "question_version = question_version",
    "audit_logs": "actor = 'somebody'",
    "credential_versions": "active = NOT active",
    "essay_scores": "score = 10",
    "question_versions": "content_hash = ''",
    "rag_traces": "candidates = 0",
    "recommendation_feedback": "relevance = 1",
    "recommendation_items": "score = 1",
    "recommendation_verdicts": "accepted = NOT accepted",
    "recommendations": "engine = ''",
    "role_catalog": "name = 'Another'",
    "rule_scores": "score = 0.5",
}
CHANGES = [
    f"UPDATE {table} SET {change}"  # noqa: S608
    for table, change in APPEND_ONLY.items()
    if change != "question_version = question_version"
] + ["UPDATE assessment_question_snapshots SET position = position + 100"]
NOBODYS = """
    UPDATE users SET id = gen_random_uuid(), erased = true,
        email = NULL, name = NULL, password_hash = NULL, created_at = NULL
"""
ERASED = {
    "accommodations": "reason",
    "essay_scores": "words",
    "rag_traces": "query",
    "recommendation_feedback": "comment",
    "recommendation_items": "why",
    "recommendation_verdicts": "reason",
    "recommendations": "summary",
}


@pytest.fixture
def scored(postgres_store: PostgresStore) -> PostgresStore:
    """A store with a row in every append-only table."""
    assessment, snapshots = stored_assessment(postgres_store, consent=a_consent())
    essay = snapshots[3].question
    with postgres_store.begin() as repositories:
        student = assessment.student_id
        repositories.accommodations.append(
            an_accommodations_version(student_id=student, set_by=student)
        )
        assessments = repositories.assessments
        assessments.add_rule_scores(assessment.id, [a_rule_score(snapshots[0].question.id)])
        assessments.add_essay_score(
            an_essay_score(assessment_id=assessment.id, question_id=essay.id)
        )
        assessments.save_responses(assessment.id, [a_response(essay)])
        recommendation = a_recommendation(assessment_id=assessment.id)
        repositories.recommendations.add(recommendation)
        repositories.feedback.add(feedback_on(recommendation, author_id=assessment.student_id))
        repositories.verdicts.add(a_verdict_on(recommendation, author_id=student))
        repositories.credentials.put(a_credential(), content_hash="1")
        repositories.audit.append(actor=an_id(), action="a", subject="b", details={}, at=NOON)
    return postgres_store


def run(engine: sa.Engine, statement: str) -> int:
    with engine.begin() as connection:
        return connection.execute(sa.text(statement)).rowcount


@pytest.mark.parametrize("statement", [*CHANGES, *(f"DELETE FROM {t}" for t in APPEND_ONLY)])  # noqa: S608
@pytest.mark.usefixtures("scored")
def test_what_was_recorded_can_be_neither_changed_nor_deleted(
    engine: sa.Engine, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="is append-only"):
        run(engine, statement)


@pytest.mark.parametrize(("table", "column"), ERASED.items())
@pytest.mark.usefixtures("scored")
def test_personal_text_of_somebody_cannot_be_emptied(
    engine: sa.Engine, table: str, column: str
) -> None:
    with pytest.raises(DBAPIError, match="is append-only"):
        run(engine, f"UPDATE {table} SET {column} = NULL")  # noqa: S608


@pytest.mark.parametrize(("table", "column"), ERASED.items())
@pytest.mark.usefixtures("scored")
def test_personal_text_of_nobody_can_be_emptied_but_not_replaced(
    engine: sa.Engine, table: str, column: str
) -> None:
    run(engine, NOBODYS)
    spoof = "'{}'" if column == "words" else "'something else'"
    for change in (f"{column} = {spoof}", f"{column} = NULL, {APPEND_ONLY[table]}"):
        with pytest.raises(DBAPIError, match="is append-only"):
            run(engine, f"UPDATE {table} SET {change}")  # noqa: S608

    assert run(engine, f"UPDATE {table} SET {column} = NULL") == 1  # noqa: S608
    assert run(engine, f"UPDATE {table} SET {column} = NULL") == 1  # noqa: S608
    with pytest.raises(DBAPIError, match="is append-only"):
        run(engine, f"UPDATE {table} SET {column} = {spoof}")  # noqa: S608


def test_every_column_that_may_be_emptied_is_nullable() -> None:
    for table, column in ERASED.items():
        assert metadata.tables[table].columns[column].nullable


def test_an_erased_result_can_still_be_read(scored: PostgresStore, engine: sa.Engine) -> None:
    with engine.connect() as connection:
        erased = connection.scalar(sa.text("SELECT id::text FROM assessments"))
    run(engine, NOBODYS)
    for table, column in ERASED.items():
        run(engine, f"UPDATE {table} SET {column} = NULL")  # noqa: S608
    run(engine, "UPDATE assessment_responses SET answer_text = NULL")

    with scored.begin() as repositories:
        (score,) = repositories.assessments.essay_scores(erased)
        recommendation = repositories.recommendations.of_assessment(erased)
        responses = repositories.assessments.responses(erased)
        student = repositories.assessments.get(erased).student_id
        accommodations = repositories.accommodations.newest(student)

    assert accommodations is not None
    assert (accommodations.granted, accommodations.reason) == (MORE_TIME, None)
    assert score.score == 7.3
    assert score.feedback == ""
    assert [_words(criterion) for criterion in score.criteria] == [("", "", ("",))] * 3
    assert [(e.start, e.end) for c in score.criteria for e in c.evidence] == [(14, 23)] * 3
    assert recommendation is not None
    assert recommendation.summary == recommendation.trace.query == ""
    assert [item.why for item in recommendation.items] == [""]
    assert [response.answer for response in responses.values()] == [Answer()]


def _words(criterion: CriterionScore) -> tuple[str, str, tuple[str, ...]]:
    return criterion.feedback, criterion.next_level, tuple(e.quote for e in criterion.evidence)


def test_no_answer_can_name_a_question_that_was_not_asked(postgres_store: PostgresStore) -> None:
    assessment, _ = stored_assessment(postgres_store)
    _, elsewhere = stored_assessment(postgres_store)

    with pytest.raises(DBAPIError, match="foreign key"):  # noqa: SIM117
        with postgres_store.begin() as repositories:
            response = a_response(elsewhere[0].question)
            repositories.assessments.save_responses(assessment.id, [response])


@pytest.mark.parametrize(
    "values",
    ["0.99, 0", "3.01, 0", "'NaN', 0", "1, -1", "1, 61", "NULL, 0", "1, NULL"],
)
def test_accommodations_out_of_their_bounds_cannot_be_stored(
    postgres_store: PostgresStore, engine: sa.Engine, values: str
) -> None:
    student = stored_student(postgres_store)

    with pytest.raises(DBAPIError, match="violates check constraint"):
        run(
            engine,
            "INSERT INTO accommodations"  # noqa: S608
            " (student_id, version, time_multiplier, extra_days, set_by, set_at)"
            f" VALUES ('{student}', 1, {values}, '{student}', now())",
        )


TAMPERING = [
    ("UPDATE audit_logs SET subject = 'other' WHERE number = 2", 1, 2),
    ("UPDATE audit_logs SET at = at + interval '1 microsecond' WHERE number = 2", 1, 2),
    ("""UPDATE audit_logs SET details = '{"role":"admin"}' WHERE number = 2""", 1, 2),
    ("UPDATE audit_logs SET number = 20 WHERE number = 2", 1, 3),
    ("DELETE FROM audit_logs WHERE number = 1", 0, 2),
    ("UPDATE audit_logs SET hash = repeat('0', 64) WHERE number = 2", 1, 2),
]


@pytest.mark.parametrize(("tampering", "rows", "found"), TAMPERING)
def test_tampering_with_the_audit_log_is_found(
    postgres_store: PostgresStore, engine: sa.Engine, tampering: str, rows: int, found: int
) -> None:
    with postgres_store.begin() as repositories:
        for subject in "abc":
            repositories.audit.append(
                actor="x", action="y", subject=subject, details={"role": "student"}, at=NOON
            )
        assert repositories.audit.verify() == AuditVerification(rows=3)

    run(engine, f"SET LOCAL session_replication_role = replica; {tampering}")

    with postgres_store.begin() as repositories:
        assert repositories.audit.verify() == AuditVerification(rows=rows, first_broken=found)


DECISION = {
    "ai_scoring": "'consented'",
    "ai_scoring_text_version": "2",
    "ai_scoring_decided_at": "now()",
}


@pytest.mark.parametrize("column", DECISION)
def test_a_decision_on_ai_scoring_stands_from_submission_on(
    postgres_store: PostgresStore, engine: sa.Engine, column: str
) -> None:
    assessment, _ = stored_assessment(postgres_store, consent=a_consent())
    change = f"UPDATE assessments SET {column} = {DECISION[column]}"  # noqa: S608
    assert run(engine, change) == 1
    with postgres_store.begin() as repositories:
        repositories.assessments.save(assessment.submit(NOON))
    same = f"UPDATE assessments SET {column} = {column}, pipeline_run = 1"  # noqa: S608
    assert run(engine, same) == 1

    for other in (f"{column} = NULL", "ai_scoring = 'not_asked'"):
        with pytest.raises(DBAPIError, match="stands from submission on"):
            run(engine, f"UPDATE assessments SET {other}")  # noqa: S608
