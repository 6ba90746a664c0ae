"""Erasure as every store does it, and what of it PostgreSQL itself holds to."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.adapters.postgres import erasure
from shared.adapters.postgres.personal import PersonalText
from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus, Snapshot
from shared.domain.errors import NotFoundError, UnauthenticatedError
from shared.domain.essay import Usage
from shared.domain.event import EventId, EventType
from shared.domain.job import JobId, JobKind, JobStatus
from shared.domain.review import Lease
from shared.domain.user import Role, UserId
from shared.domain.webhook_delivery import Attempt, Delivery, DeliveryStatus, Reply
from shared.ports.store import Repositories, Store
from tests.builders import (
    NOON,
    a_delivery,
    a_job,
    a_message,
    a_profile,
    a_recommendation,
    a_response,
    a_rule_score,
    a_session,
    a_user,
    a_verdict_on,
    a_webhook,
    an_accommodations_version,
    an_assessment,
    an_essay_score,
    an_id,
    an_idempotency_key,
    feedback_on,
    later,
)
from tests.integration.stored import stored_assessment, stored_recommendation, stored_student

FULL = {
    "users": 1,
    "sessions": 2,
    "idempotency_keys": 2,
    "outbox_events": 1,
    "review_leases": 1,
    "webhook_deliveries": 1,
    "webhook_events": 1,
    "async_jobs": 1,
    "assessment_responses": 10,
    "essay_scores": 1,
    "profiles": 1,
    "recommendations": 1,
    "recommendation_items": 1,
    "rag_traces": 1,
    "accommodations": 1,
    "recommendation_feedback": 2,
    "recommendation_verdicts": 1,
}


OF_THE_PERSON = {
    *("users", "sessions", "idempotency_keys", "outbox_events", "accommodations"),
    *("review_leases", "webhook_deliveries", "webhook_events"),
}


def a_full_student(store: Store) -> tuple[UserId, Assessment, tuple[Snapshot, ...]]:
    """A student of whom there is something in every table."""
    student, other = stored_student(store), stored_student(store)
    with store.begin() as repositories:
        repositories.accommodations.append(
            an_accommodations_version(student_id=student, set_by=other)
        )
    assessment, snapshots = stored_assessment(store, student_id=student, accommodations_version=1)
    questions = [snapshot.question for snapshot in snapshots]
    with store.begin() as repositories:
        for _ in range(2):
            repositories.sessions.add(a_session(user_id=student))
        for scope, resource in ((f"{student}@example.org", student), (student, assessment.id)):
            key = an_idempotency_key(scope=scope)
            repositories.idempotency.claim(key, resource_id=resource, now=NOON)
        assessments = repositories.assessments
        assessments.save_responses(assessment.id, [a_response(q) for q in questions])
        assessments.add_rule_scores(assessment.id, [a_rule_score(questions[0].id)])
        score = an_essay_score(assessment_id=assessment.id, question_id=questions[3].id)
        assessments.add_essay_score(score)
        lease = Lease(essay_score_id=score.id, holder_id=student, until=later(60))
        repositories.reviews.lease(lease, now=NOON)
        assessments.save_profile(assessment.id, a_profile())
        recommendation = a_recommendation(assessment_id=assessment.id)
        repositories.recommendations.add(recommendation)
        # Once said by the student themself, and once by somebody else.
        for author in (student, other):
            repositories.feedback.add(feedback_on(recommendation, author_id=author))
        repositories.verdicts.add(a_verdict_on(recommendation, author_id=other))
        repositories.jobs.add(
            [
                a_job(
                    assessment_id=assessment.id,
                    status=JobStatus.SUCCEEDED,
                    output={"trace": {"query": "q"}},
                ),
                a_job(assessment_id=assessment.id, kind=JobKind.FUSE_RESULTS),
            ]
        )
        repositories.usage.record(
            assessment.id, purpose="p", model="m", usage=Usage(prompt_tokens=1), at=NOON
        )
        for number in range(2):
            event = EventId(an_id())
            repositories.outbox.append(
                EventType.ASSESSMENT_SUBMITTED, student, {"n": number}, event_id=event, at=NOON
            )
            if number == 0:
                repositories.outbox.mark_sent([event], at=NOON)
        told_webhook(repositories, student)
    return student, assessment, snapshots


def told_webhook(repositories: Repositories, student: UserId) -> dict[DeliveryStatus, Delivery]:
    """Store a delivery that arrived and one that is on its way."""
    webhook = a_webhook()
    repositories.webhooks.add(webhook)
    deliveries = {}
    for number, status in enumerate((DeliveryStatus.DELIVERED, DeliveryStatus.PENDING)):
        message = a_message(student_id=student, sequence=100 + number)
        delivery = deliveries[status] = a_delivery(message, webhook, status=status)
        repositories.deliveries.add_message(message)
        repositories.deliveries.add([delivery])
        reply = Reply(status=200, latency=timedelta(milliseconds=3), body="Thanks, Ada!")
        repositories.deliveries.log(
            Attempt(delivery_id=delivery.id, number=1, at=NOON, reply=reply)
        )
    return deliveries


def erase(store: Store, student: UserId, *assessments: Assessment) -> dict[str, int]:
    with store.begin() as repositories:
        return dict(repositories.erasure.erase_user(student, [a.id for a in assessments]))


def test_it_counts_what_it_erased_by_table(store: Store) -> None:
    student, assessment, _ = a_full_student(store)

    assert erase(store, student, assessment) == FULL


def test_what_webhooks_were_told_goes_and_what_is_on_its_way_arrives(store: Store) -> None:
    student, other = stored_student(store), stored_student(store)
    with store.begin() as repositories:
        deliveries = told_webhook(repositories, student)
        others = told_webhook(repositories, other)

    erase(store, student)

    delivered, pending = deliveries.values()
    with store.begin() as repositories:
        assert repositories.deliveries.get(pending.id) == pending
        assert set(repositories.deliveries.messages([delivered.event_id, pending.event_id])) == {
            pending.event_id
        }
        assert set(repositories.deliveries.attempts([delivered.id, pending.id], newest=1)) == {
            pending.id
        }
        with pytest.raises(NotFoundError):
            repositories.deliveries.get(delivered.id)
        for delivery in others.values():
            assert repositories.deliveries.get(delivery.id) == delivery


def test_the_account_is_gone_and_its_address_free(store: Store) -> None:
    student, assessment, _ = a_full_student(store)
    session = a_session(user_id=student)
    with store.begin() as repositories:
        repositories.sessions.add(session)

    erase(store, student, assessment)

    email = f"{student}@example.org"
    with store.begin() as repositories:
        assert repositories.users.find_by_email(email) is None
        repositories.users.add(a_user(email=email))
        for get in (repositories.users.get, repositories.users.lock):
            with pytest.raises(NotFoundError):
                get(student)
        with pytest.raises(NotFoundError):
            repositories.sessions.get(session.id)


def test_words_go_and_marks_stay_under_another_id(store: Store) -> None:
    student, assessment, snapshots = a_full_student(store)

    erase(store, student, assessment)

    with store.begin() as repositories:
        assessments = repositories.assessments
        kept = assessments.get(assessment.id)
        [score] = assessments.essay_scores(assessment.id)
        profile = assessments.profile(assessment.id)
        recommendation = repositories.recommendations.of_assessment(assessment.id)
        jobs = repositories.jobs.of_assessment(assessment.id)
        assert assessments.responses(assessment.id) == {}
        assert assessments.snapshots(assessment.id) == snapshots
        assert assessments.rule_scores(assessment.id) == (a_rule_score(snapshots[0].question.id),)
        assert assessments.page_of(student, limit=9, after=None).items == ()
        assert repositories.usage.prompts_of(assessment.id) == 1
    assert kept.student_id not in {student, assessment.id}
    assert (score.score, score.feedback) == (7.3, "")
    assert {(c.feedback, c.next_level, e.quote) for c in score.criteria for e in c.evidence} == {
        ("", "", "")
    }
    assert profile is not None
    assert (profile.overall_score, profile.strengths, profile.improvements) == (72, (), ())
    assert recommendation is not None
    assert (recommendation.summary, recommendation.trace.query) == ("", "")
    assert [item.why for item in recommendation.items] == [""]
    assert {(job.is_done, job.output) for job in jobs} == {(True, None)}


def test_a_worker_that_was_at_it_finds_its_job_taken(store: Store) -> None:
    student = stored_student(store)
    assessment, _ = stored_assessment(store, student_id=student)
    job = a_job(id=JobId(an_id()), assessment_id=assessment.id)
    with store.begin() as repositories:
        repositories.jobs.add([job])
        claimed = repositories.jobs.claim(job.id, now=NOON, lease=later(30) - NOON)

    erase(store, student, assessment)

    with store.begin() as repositories:
        assert not repositories.jobs.finish(
            job.id, attempt=claimed.attempt, status=JobStatus.SUCCEEDED, output={}, now=later(1)
        )
        assert repositories.jobs.claim(job.id, now=later(60), lease=later(30) - NOON).is_done


def test_what_is_anothers_is_left_alone(store: Store) -> None:
    other, others, snapshots = a_full_student(store)
    student, assessment, _ = a_full_student(store)
    with store.begin() as repositories:
        before = (
            repositories.users.get(other),
            repositories.assessments.get(others.id),
            repositories.assessments.responses(others.id),
            repositories.assessments.essay_scores(others.id),
            repositories.assessments.profile(others.id),
            repositories.recommendations.of_assessment(others.id),
            repositories.jobs.of_assessment(others.id),
        )

    erase(store, student, assessment)

    with store.begin() as repositories:
        assert before == (
            repositories.users.get(other),
            repositories.assessments.get(others.id),
            repositories.assessments.responses(others.id),
            repositories.assessments.essay_scores(others.id),
            repositories.assessments.profile(others.id),
            repositories.recommendations.of_assessment(others.id),
            repositories.jobs.of_assessment(others.id),
        )
        assert len(snapshots) == 10
    assert erase(store, other, others) == FULL


@pytest.mark.parametrize("user_id", [an_id(), "no-uuid"])
def test_nobody_can_be_erased_who_does_not_exist(store: Store, user_id: str) -> None:
    with pytest.raises(NotFoundError), store.begin() as repositories:
        repositories.erasure.erase_user(UserId(user_id), [])


def test_somebody_is_erased_once(store: Store) -> None:
    student = stored_student(store)
    erase(store, student)

    with pytest.raises(NotFoundError):
        erase(store, student)


def test_events_that_were_not_sent_still_are(store: Store) -> None:
    student, assessment, _ = a_full_student(store)

    erase(store, student, assessment)

    with store.begin() as repositories:
        [event] = repositories.outbox.unsent(limit=9)
        last = repositories.outbox.append(
            EventType.USER_ERASED, student, {}, event_id=EventId(an_id()), at=NOON
        )
    assert (event.sequence, last.sequence) == (2, 3)


def test_an_assessment_can_be_erased_alone(store: Store) -> None:
    student, assessment, _ = a_full_student(store)
    other = an_assessment(student_id=student)
    with store.begin() as repositories:
        repositories.assessments.add(other, ())
        counts = repositories.erasure.erase_assessments([assessment.id])

    assert counts == {table: n for table, n in FULL.items() if table not in OF_THE_PERSON}
    with store.begin() as repositories:
        assert repositories.users.get(student).id == student
        assert repositories.assessments.page_of(student, limit=9, after=None).items == (other,)
        assert repositories.assessments.get(assessment.id).student_id != student


def test_accommodations_stay_as_numbers_of_nobody(store: Store) -> None:
    student, assessment, _ = a_full_student(store)
    with store.begin() as repositories:
        before = repositories.accommodations.newest(student)

    erase(store, student, assessment)

    with store.begin() as repositories:
        kept = repositories.assessments.get(assessment.id)
        version = repositories.accommodations.newest(kept.student_id)
        assert repositories.accommodations.newest(student) is None
    assert before is not None
    assert version == replace(before, student_id=kept.student_id, reason=None)
    assert kept.accommodations_version == 1


def test_who_gave_feedback_and_accommodations_to_others_is_nobody_afterwards(store: Store) -> None:
    """An advisor's opinions go; why an admin or a verdict decided so is the living student's."""
    staff, student = stored_student(store), stored_student(store)
    recommendation = stored_recommendation(store)
    given = feedback_on(recommendation, author_id=staff, author_role=Role.ADVISOR)
    decided = a_verdict_on(recommendation, author_id=staff)
    granted = an_accommodations_version(student_id=student, set_by=staff)
    with store.begin() as repositories:
        repositories.feedback.add(given)
        repositories.verdicts.add(decided)
        repositories.accommodations.append(granted)

    counts = erase(store, staff)

    assert (counts["recommendation_feedback"], counts["accommodations"]) == (1, 0)
    with store.begin() as repositories:
        feedback = repositories.feedback.get(given.id)
        verdict = repositories.verdicts.get(decided.id)
        version = repositories.accommodations.newest(student)
    assert version is not None
    assert verdict == replace(decided, author_id=version.set_by)
    assert staff not in {feedback.author_id, version.set_by}
    assert feedback.author_id == version.set_by
    assert (feedback.rating.comment, feedback.rating.fit) == (None, given.rating.fit)
    assert version == replace(granted, set_by=version.set_by)


def test_all_assessments_of_a_student_can_be_locked_oldest_first(store: Store) -> None:
    student = stored_student(store)
    first, _ = stored_assessment(store, student_id=student)
    stored_assessment(store)
    second = an_assessment(student_id=student, status=AssessmentStatus.COMPLETED)
    with store.begin() as repositories:
        repositories.assessments.add(second, ())

    with store.begin() as repositories:
        assert repositories.assessments.lock_all_of(student) == (first, second)
        assert repositories.assessments.lock_all_of(UserId("no-uuid")) == ()


# --- what only a database with constraints can hold to ------------------------


def start_a_session(repositories: Repositories, user_id: UserId) -> None:
    repositories.sessions.add(a_session(user_id=user_id))


def start_an_assessment(repositories: Repositories, user_id: UserId) -> None:
    repositories.assessments.add(an_assessment(student_id=user_id), ())


@pytest.mark.integration
@pytest.mark.parametrize("start", [start_a_session, start_an_assessment])
def test_nothing_new_can_be_hung_on_an_erased_user(
    postgres_store: PostgresStore, start: Callable[[Repositories, UserId], None]
) -> None:
    student, assessment, _ = a_full_student(postgres_store)
    erase(postgres_store, student, assessment)

    with pytest.raises(UnauthenticatedError, match="was erased"):  # noqa: SIM117
        with postgres_store.begin() as repositories:
            start(repositories, student)


@pytest.mark.integration
@pytest.mark.parametrize("start", [start_a_session, start_an_assessment])
def test_what_is_begun_during_the_erasure_waits_for_it_and_fails(
    postgres_store: PostgresStore, start: Callable[[Repositories, UserId], None]
) -> None:
    student, assessment, _ = a_full_student(postgres_store)

    def begin() -> None:
        with postgres_store.begin() as repositories:
            start(repositories, student)

    with ThreadPoolExecutor(1) as pool:
        with postgres_store.begin() as repositories:
            repositories.users.lock(student)
            begun = pool.submit(begin)
            with pytest.raises(TimeoutError):
                begun.result(timeout=0.3)
            repositories.erasure.erase_user(student, [assessment.id])
        with pytest.raises(UnauthenticatedError, match="was erased"):
            begun.result(timeout=10)


@pytest.mark.integration
def test_a_score_that_is_about_to_be_committed_is_waited_for_and_emptied(
    postgres_store: PostgresStore,
) -> None:
    student = stored_student(postgres_store)
    assessment, snapshots = stored_assessment(postgres_store, student_id=student)
    essay = snapshots[3].question
    job = a_job(assessment_id=assessment.id, kind=JobKind.SCORE_ESSAY, question_id=essay.id)
    with postgres_store.begin() as repositories:
        repositories.jobs.add([job])
        repositories.jobs.claim(job.id, now=NOON, lease=later(30) - NOON)

    with ThreadPoolExecutor(1) as pool:
        with postgres_store.begin() as worker:
            assert worker.jobs.finish(
                job.id, attempt=1, status=JobStatus.SUCCEEDED, output={"score": 7.3}, now=NOON
            )
            erasing = pool.submit(erase, postgres_store, student, assessment)
            with pytest.raises(TimeoutError):
                erasing.result(timeout=0.3)
            worker.assessments.add_essay_score(
                an_essay_score(assessment_id=assessment.id, question_id=essay.id)
            )
        counts = erasing.result(timeout=10)

    assert (counts["async_jobs"], counts["essay_scores"]) == (1, 1)
    with postgres_store.begin() as repositories:
        [score] = repositories.assessments.essay_scores(assessment.id)
    assert (score.score, score.feedback) == (7.3, "")


@pytest.fixture
def erased(postgres_store: PostgresStore) -> str:
    """The id of an assessment whose student is erased."""
    student, assessment, _ = a_full_student(postgres_store)
    erase(postgres_store, student, assessment)
    return assessment.id


FORBIDDEN = {
    "a pseudonym becomes somebody": "UPDATE users SET erased = false, name = 'x' WHERE erased",
    "a pseudonym gets a name": "UPDATE users SET name = 'x' WHERE erased",
    "a pseudonym gets another id": "UPDATE users SET id = gen_random_uuid() WHERE erased",
    "a person gets another id": "UPDATE users SET id = gen_random_uuid() WHERE NOT erased",
    "a person loses the name alone": "UPDATE users SET name = NULL WHERE NOT erased",
    "a pseudonym keeps the name": """
        UPDATE users SET erased = true, email = NULL WHERE NOT erased
    """,
    "an assessment goes to somebody": """
        UPDATE assessments SET student_id = (SELECT id FROM users WHERE NOT erased LIMIT 1)
    """,
}


@pytest.mark.integration
@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
@pytest.mark.usefixtures("erased")
def test_identity_is_changed_by_erasure_alone(
    postgres_store: PostgresStore, engine: sa.Engine, statement: str
) -> None:
    stored_student(postgres_store)

    with pytest.raises(DBAPIError, match=r"append-only|keeps its student|ck_users_erased"):  # noqa: SIM117
        with engine.begin() as connection:
            connection.execute(sa.text(statement))


@pytest.mark.integration
def test_an_append_only_row_follows_its_user_and_nobody_else_and_loses_their_words(
    postgres_store: PostgresStore, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any table may refer to users and be append-only: this one stands for all of them."""
    author, other, gone = (stored_student(postgres_store) for _ in range(3))
    erase(postgres_store, gone)
    try:
        with engine.begin() as connection:
            connection.execute(
                sa.text("""
                CREATE TABLE notes (
                    author_id uuid REFERENCES users ON UPDATE CASCADE, words text, mark integer
                );
                CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON notes
                FOR EACH ROW EXECUTE FUNCTION assay_refuse_change('words');
                """)
            )
            connection.execute(
                sa.text("INSERT INTO notes VALUES (:author, 'secret', 1)"), {"author": author}
            )
        pseudonym = "(SELECT id FROM users WHERE erased LIMIT 1)"
        for change in (f"author_id = '{other}'", f"author_id = {pseudonym}", "words = NULL"):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(sa.text(f"UPDATE notes SET {change}"))  # noqa: S608

        notes = sa.Table(
            "notes",
            sa.MetaData(),
            sa.Column("author_id", sa.Uuid(as_uuid=False)),
            sa.Column("words", sa.Text),
        )
        monkeypatch.setattr(
            erasure,
            "OF_PERSON",
            (
                *erasure.OF_PERSON,
                PersonalText(
                    table=notes, columns=("words",), owner=notes.c.author_id, is_row_kept=True
                ),
            ),
        )

        counts = erase(postgres_store, author)

        with engine.begin() as connection:
            [row] = connection.execute(sa.text("SELECT * FROM notes"))
        assert (counts["notes"], row.words, row.mark) == (1, None, 1)
        assert str(row.author_id) not in {author, other, gone}
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE IF EXISTS notes"))


@pytest.mark.integration
def test_a_pseudonym_leads_nowhere(
    postgres_store: PostgresStore, engine: sa.Engine, erased: str
) -> None:
    with postgres_store.begin() as repositories:
        pseudonym = repositories.assessments.get(AssessmentId(erased)).student_id
        with pytest.raises(NotFoundError):
            repositories.users.get(pseudonym)

    with engine.connect() as connection:
        [row] = connection.execute(sa.text("SELECT * FROM users WHERE erased")).mappings()
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": row["id"],
        "role": "student",
        "erased": True,
    }
    assert row["id"].version == 4  # random; ours tell when they were made
