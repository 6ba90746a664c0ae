"""What is too old, on every store; and what PostgreSQL lets go of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.audit import AuditVerification
from shared.domain.event import EventId, EventType
from shared.domain.job import JobKind
from shared.domain.retention import Cutoffs
from shared.ports.store import Store
from tests.builders import (
    FACTS,
    a_job,
    a_session,
    a_verdict_on,
    an_accommodations_version,
    an_assessment,
    an_id,
    an_idempotency_key,
    feedback_on,
)
from tests.integration.stored import stored_assessment, stored_recommendation, stored_student

LONG_AGO = datetime(2020, 6, 1, 12, tzinfo=UTC)
CUTOFFS = Cutoffs(assessments=LONG_AGO, queues=LONG_AGO, audit=LONG_AGO)
BEFORE = LONG_AGO - timedelta(microseconds=1)
NOTHING = {
    "assessments": 0,
    "async_jobs": 0,
    "audit_logs": 0,
    "idempotency_keys": 0,
    "outbox_events": 0,
    "sessions": 0,
}


def count(store: Store) -> dict[str, int]:
    with store.begin() as repositories:
        return dict(repositories.retention.count(CUTOFFS))


def remove(store: Store, *, limit: int = 100) -> dict[str, int]:
    with store.begin() as repositories:
        return dict(repositories.retention.remove_from_queues(CUTOFFS, limit=limit))


def forget(store: Store, *, limit: int = 100) -> int:
    with store.begin() as repositories:
        return repositories.retention.remove_from_audit_log(CUTOFFS, limit=limit)


def audited(store: Store, *times: datetime) -> None:
    with store.begin() as repositories:
        for at in times:
            repositories.audit.append(actor="a", action="b", subject="c", details={}, at=at)


def verify(store: Store) -> AuditVerification:
    with store.begin() as repositories:
        return repositories.audit.verify()


def fits(rows: int) -> AuditVerification:
    return AuditVerification(rows=rows)


def numbers(store: Store) -> list[int]:
    with store.begin() as repositories:
        return [entry.number for entry in repositories.holdings.audit("c")]


def test_in_an_empty_store_nothing_is_too_old(store: Store) -> None:
    assert count(store) == NOTHING
    assert forget(store) == 0


def test_an_assessment_is_too_old_by_its_start_until_it_is_nobodys(store: Store) -> None:
    student = stored_student(store)
    old, _ = stored_assessment(store, student_id=student, started_at=BEFORE)
    stored_assessment(store, student_id=student, started_at=LONG_AGO)
    assert count(store) == NOTHING | {"assessments": 1}

    with store.begin() as repositories:
        assert repositories.retention.lock_old_assessments(CUTOFFS, limit=9) == (old,)
        repositories.erasure.erase_assessments([old.id])

    assert count(store) == NOTHING
    with store.begin() as repositories:
        assert repositories.retention.lock_old_assessments(CUTOFFS, limit=9) == ()


def test_a_retired_assessment_lets_go_of_its_students_accommodations(store: Store) -> None:
    student = stored_student(store)
    old, _ = stored_assessment(store, student_id=student, started_at=BEFORE)
    version = an_accommodations_version(student_id=student, set_by=student)
    begun = an_assessment(student_id=student, accommodations_version=1)
    with store.begin() as repositories:
        repositories.accommodations.append(version)
        repositories.assessments.add(begun, ())

    with store.begin() as repositories:
        repositories.erasure.erase_assessments([old.id, begun.id])

    with store.begin() as repositories:
        retired = repositories.assessments.get(begun.id)
        assert repositories.accommodations.newest(student) == version
    assert (retired.accommodations_version, retired.student_id != student) == (None, True)


def test_what_was_said_of_a_retired_assessment_goes_and_its_author_stays(store: Store) -> None:
    recommendation, staff = stored_recommendation(store), stored_student(store)
    assessment_id = AssessmentId(recommendation.assessment_id)
    with store.begin() as repositories:
        student = repositories.assessments.get(assessment_id).student_id
        own = feedback_on(recommendation, author_id=student)
        repositories.feedback.add(own)
        verdict = a_verdict_on(recommendation, author_id=staff)
        repositories.verdicts.add(verdict)

    with store.begin() as repositories:
        counts = repositories.erasure.erase_assessments([assessment_id])
    assert (counts["recommendation_feedback"], counts["recommendation_verdicts"]) == (1, 1)

    with store.begin() as repositories:
        assert repositories.verdicts.get(verdict.id) == replace(verdict, reason=None)
        assert repositories.feedback.get(own.id) == replace(
            own, rating=replace(own.rating, comment=None)
        )


def test_old_assessments_come_a_few_at_a_time_and_oldest_first(store: Store) -> None:
    student = stored_student(store)
    stored_assessment(store, student_id=student)
    old = [an_assessment(student_id=student, started_at=BEFORE) for _ in range(3)]
    with store.begin() as repositories:
        for assessment in reversed(old):
            repositories.assessments.add(assessment, ())

    with store.begin() as repositories:
        assert repositories.retention.lock_old_assessments(CUTOFFS, limit=2) == tuple(old[:2])


@pytest.mark.parametrize(
    ("status", "submitted_at", "is_old"),
    [
        (AssessmentStatus.COMPLETED, BEFORE, True),
        (AssessmentStatus.FAILED, BEFORE, True),
        (AssessmentStatus.SCORING, BEFORE, False),
        (AssessmentStatus.COMPLETED, LONG_AGO, False),
    ],
)
def test_jobs_go_once_their_assessment_needs_them_no_more(
    store: Store, status: AssessmentStatus, submitted_at: datetime, *, is_old: bool
) -> None:
    assessment, _ = stored_assessment(store, status=status, submitted_at=submitted_at)
    with store.begin() as repositories:
        repositories.jobs.add([a_job(assessment_id=assessment.id, kind=kind) for kind in JobKind])
    expected = 3 if is_old else 0

    assert count(store) == NOTHING | {"async_jobs": expected}
    assert remove(store)["async_jobs"] == expected
    with store.begin() as repositories:
        assert len(repositories.jobs.of_assessment(assessment.id)) == 3 - expected


def test_keys_go(store: Store) -> None:
    with store.begin() as repositories:
        for key, at in (("old", BEFORE), ("new", LONG_AGO)):
            repositories.idempotency.claim(an_idempotency_key(key=key), resource_id="r", now=at)

    assert count(store) == NOTHING | {"idempotency_keys": 1}
    assert remove(store)["idempotency_keys"] == 1
    assert count(store) == NOTHING


def test_events_go_once_they_were_sent_and_numbers_go_on(store: Store) -> None:
    student = stored_student(store)
    with store.begin() as repositories:
        for sent_at in (BEFORE, LONG_AGO, None):
            event = repositories.outbox.append(
                EventType.ASSESSMENT_SUBMITTED, student, {}, event_id=EventId(an_id()), at=BEFORE
            )
            if sent_at:
                repositories.outbox.mark_sent([event.id], at=sent_at)

    assert count(store) == NOTHING | {"outbox_events": 1}
    assert remove(store)["outbox_events"] == 1
    with store.begin() as repositories:
        assert [e.sequence for e in repositories.holdings.events(student)] == [2, 3]
        last = repositories.outbox.append(
            EventType.USER_ERASED, student, {}, event_id=EventId(an_id()), at=LONG_AGO
        )
    assert last.sequence == 4


def test_sessions_go_once_they_are_over(store: Store) -> None:
    student = stored_student(store)
    month = timedelta(days=30)
    sessions = [
        a_session(user_id=student, created_at=BEFORE - month),
        a_session(user_id=student, created_at=LONG_AGO - month),
        a_session(user_id=student, created_at=LONG_AGO, revoked_at=BEFORE),
        a_session(user_id=student, created_at=LONG_AGO, revoked_at=LONG_AGO),
    ]
    with store.begin() as repositories:
        for session in sessions:
            repositories.sessions.add(session)

    assert count(store) == NOTHING | {"sessions": 2}
    assert remove(store)["sessions"] == 2
    with store.begin() as repositories:
        assert repositories.holdings.sessions(student) == (sessions[1], sessions[3])


def test_rows_go_a_few_at_a_time(store: Store) -> None:
    student = stored_student(store)
    with store.begin() as repositories:
        for _ in range(3):
            repositories.sessions.add(a_session(user_id=student, revoked_at=BEFORE))

    assert [remove(store, limit=2)["sessions"] for _ in range(3)] == [2, 1, 0]


def test_the_audit_log_loses_its_beginning_and_can_still_be_verified(store: Store) -> None:
    audited(store, BEFORE, BEFORE, LONG_AGO)
    assert count(store) == NOTHING | {"audit_logs": 2}

    assert forget(store) == 2

    assert (numbers(store), verify(store)) == ([3], fits(1))
    audited(store, LONG_AGO)
    assert (numbers(store), verify(store)) == ([3, 4], fits(2))
    assert forget(store) == 0


def test_the_audit_log_goes_on_even_when_all_of_it_is_gone(store: Store) -> None:
    audited(store, BEFORE, BEFORE)

    assert forget(store) == 2

    assert (numbers(store), verify(store)) == ([], fits(0))
    audited(store, LONG_AGO)
    assert (numbers(store), verify(store)) == ([3], fits(1))


def test_an_old_row_behind_a_younger_one_stays(store: Store) -> None:
    audited(store, BEFORE, LONG_AGO, BEFORE)

    assert count(store) == NOTHING | {"audit_logs": 1}
    assert [forget(store), forget(store)] == [1, 0]
    assert (numbers(store), verify(store)) == ([2, 3], fits(2))


def test_the_audit_log_is_shortened_a_few_rows_at_a_time(store: Store) -> None:
    audited(store, *[BEFORE] * 5)

    assert [forget(store, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert verify(store) == fits(0)


# --- what only the database can hold to ---------------------------------------

YOUNG = datetime(2026, 1, 1, tzinfo=UTC)
FORBIDDEN = {
    "a row without an anchor": "DELETE FROM audit_logs WHERE number = 1",
    "an anchor on a young row": """
        INSERT INTO audit_anchors SELECT number, hash FROM audit_logs WHERE number = 3
    """,
    "an anchor over a young row": """
        INSERT INTO audit_anchors SELECT number, hash FROM audit_logs WHERE number = 4
    """,
    "an anchor with another hash": """
        INSERT INTO audit_anchors SELECT 2, hash FROM audit_logs WHERE number = 1
    """,
    "an anchor on nothing": "INSERT INTO audit_anchors VALUES (9, repeat('0', 64))",
}


@pytest.fixture
def log(postgres_store: PostgresStore) -> PostgresStore:
    """Rows 1 and 2 are old, 3 is young, 4 is old."""
    audited(postgres_store, BEFORE, BEFORE, YOUNG, BEFORE)
    return postgres_store


@pytest.mark.integration
@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
@pytest.mark.usefixtures("log")
def test_only_an_old_beginning_can_be_anchored_and_removed(
    engine: sa.Engine, statement: str
) -> None:
    with pytest.raises(DBAPIError, match=r"append-only|no old part"), engine.begin() as connection:
        connection.execute(sa.text(statement))


@pytest.mark.integration
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_logs WHERE number = 3",
        "DELETE FROM audit_logs WHERE number = 4",
        "UPDATE audit_logs SET actor = 'x' WHERE number = 4",
        "DELETE FROM audit_anchors",
        "UPDATE audit_anchors SET number = 3",
    ],
)
def test_behind_the_anchor_nothing_can_be_removed(
    log: PostgresStore, engine: sa.Engine, statement: str
) -> None:
    assert forget(log) == 2

    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(statement))


@pytest.mark.integration
def test_a_younger_cutoff_is_refused_by_the_database(log: PostgresStore) -> None:
    """Not even the code that may remove rows may remove young ones."""
    wrong = Cutoffs(assessments=YOUNG, queues=YOUNG, audit=YOUNG + timedelta(days=1))

    with pytest.raises(DBAPIError, match="no old part"), log.begin() as repositories:
        repositories.retention.remove_from_audit_log(wrong, limit=9)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("tampering", "rows", "found"),
    [
        ("DELETE FROM audit_anchors", 0, 3),
        ("UPDATE audit_anchors SET hash = repeat('0', 64)", 0, 3),
        ("DELETE FROM audit_logs WHERE number = 3", 0, 4),
        ("UPDATE audit_logs SET number = 2 WHERE number = 4", 0, 2),
    ],
)
def test_tampering_around_an_anchor_is_found(
    log: PostgresStore, engine: sa.Engine, tampering: str, rows: int, found: int
) -> None:
    forget(log)
    assert verify(log) == fits(2)

    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(tampering))

    assert verify(log) == AuditVerification(rows=rows, first_broken=found)


@pytest.mark.integration
def test_a_locked_assessment_waits_for_another_day(postgres_store: PostgresStore) -> None:
    old, _ = stored_assessment(postgres_store, started_at=BEFORE)

    with postgres_store.begin() as busy:
        busy.assessments.lock(old.id)
        with postgres_store.begin() as repositories:
            assert repositories.retention.lock_old_assessments(CUTOFFS, limit=9) == ()


def test_facts_go_as_events_do(store: Store) -> None:
    assessment = AssessmentId(an_id())
    ids = [EventId(an_id()) for _ in FACTS[:3]]
    with store.begin() as repositories:
        repositories.outbox.append_facts(
            assessment, dict(zip(ids, FACTS[:3], strict=True)), at=BEFORE
        )
        repositories.outbox.mark_sent(ids[:1], at=BEFORE)
        repositories.outbox.mark_sent(ids[1:2], at=LONG_AGO)

    assert count(store) == NOTHING | {"outbox_events": 1}
    assert remove(store)["outbox_events"] == 1
    with store.begin() as repositories:
        assert [event.id for event in repositories.outbox.unsent_facts(limit=9)] == ids[2:]
