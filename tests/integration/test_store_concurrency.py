"""Transactions at the same time, in real threads over real connections."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier, Event
from typing import TypeVar

import pytest

from shared.adapters.postgres.store import PostgresStore
from shared.domain.accommodations import AccommodationsVersion
from shared.domain.analytics import answered_id
from shared.domain.assessment import Answer, Assessment, AssessmentId
from shared.domain.errors import (
    EmailTakenError,
    ForbiddenError,
    IdempotencyConflictError,
    JobBusyError,
    LastAdminError,
)
from shared.domain.event import EventId, EventType
from shared.domain.job import Job, JobStatus
from shared.domain.level import Level
from shared.domain.session import Session
from shared.domain.user import Caller, Role, SessionId, User, UserId
from shared.ports.store import Repositories, Store
from shared.usecases.log_in import log_in
from shared.usecases.save_responses import GivenAnswer, save_responses
from shared.usecases.set_accommodations import SetAccommodations, set_accommodations
from shared.usecases.set_user_role import set_user_role
from shared.usecases.start_assessment import StartedAssessment, start_assessment
from tests.builders import (
    MORE_TIME,
    NOON,
    TRACK,
    a_job,
    a_response,
    a_session,
    a_theoretical_question,
    a_track,
    a_user,
    a_verdict_on,
    an_accommodations_version,
    an_assessment,
    an_id,
    an_idempotency_key,
    feedback_on,
    later,
)
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.password_hasher import FakePasswordHasher
from tests.integration.stored import stored_assessment, stored_recommendation, stored_student
from tests.unit.usecases.scenes import a_caller

T = TypeVar("T")
WORKERS = 5
MOMENT = 0.15
"""Seconds; long enough for a thread that does not wait to have come through."""


def at_once(*calls: Callable[[], T]) -> list[Future[T]]:
    """Run the calls in a thread each, released together."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        barrier.wait(timeout=5)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [pool.submit(run, call) for call in calls]


def while_open(store: Store, first: Callable[[Repositories], object], second: Callable[[], T]) -> T:
    """Do `first`, start `second` elsewhere, see it wait, commit, return what it came to."""
    is_done = Event()

    def run() -> T:
        try:
            return second()
        finally:
            is_done.set()

    with ThreadPoolExecutor(1) as pool:
        with store.begin() as repositories:
            first(repositories)
            result = pool.submit(run)
            assert not is_done.wait(MOMENT), "it did not wait"
        return result.result(timeout=5)


def succeeded(futures: Sequence[Future[T]]) -> list[T]:
    wait(futures)
    return [f.result() for f in futures if f.exception() is None]


def test_of_many_workers_one_gets_the_job(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    job = a_job(assessment_id=assessment.id)
    with store.begin() as repositories:
        repositories.jobs.add([job])

    def claim() -> Job:
        with store.begin() as repositories:
            return repositories.jobs.claim(job.id, now=NOON, lease=timedelta(seconds=30))

    claims = at_once(*[claim] * WORKERS)

    assert [claimed.attempt for claimed in succeeded(claims)] == [1]
    assert sum(isinstance(c.exception(), JobBusyError) for c in claims) == WORKERS - 1


def test_of_many_attempts_to_finish_one_is_stored(store: Store) -> None:
    assessment, _ = stored_assessment(store)
    job = a_job(assessment_id=assessment.id, status=JobStatus.RUNNING, attempt=1)
    with store.begin() as repositories:
        repositories.jobs.add([job])

    def finish() -> bool:
        with store.begin() as repositories:
            return repositories.jobs.finish(
                job.id, attempt=1, status=JobStatus.SUCCEEDED, output={}, now=NOON
            )

    assert sorted(succeeded(at_once(*[finish] * WORKERS))) == [False] * (WORKERS - 1) + [True]


def test_the_jobs_of_an_assessment_are_added_once(store: Store) -> None:
    assessment, _ = stored_assessment(store)

    def add() -> None:
        with store.begin() as repositories:
            repositories.jobs.add([a_job(assessment_id=assessment.id)])

    assert len(succeeded(at_once(*[add] * WORKERS))) == WORKERS

    with store.begin() as repositories:
        assert len(repositories.jobs.of_assessment(assessment.id)) == 1


def claim_key(repositories: Repositories, resource_id: str, *, request_hash: str = "h") -> str:
    return repositories.idempotency.claim(
        an_idempotency_key(request_hash=request_hash),
        resource_id=resource_id,
        now=NOON,
    )


def claim_elsewhere(store: Store, resource_id: str, *, request_hash: str = "h") -> str:
    with store.begin() as repositories:
        return claim_key(repositories, resource_id, request_hash=request_hash)


def test_a_claim_waits_for_the_transaction_that_is_binding_the_key(store: Store) -> None:
    bound = while_open(
        store,
        lambda repositories: claim_key(repositories, "first"),
        lambda: claim_elsewhere(store, "second"),
    )

    assert bound == "first"


def test_a_claim_that_waited_still_sees_a_conflict(store: Store) -> None:
    with pytest.raises(IdempotencyConflictError):
        while_open(
            store,
            lambda repositories: claim_key(repositories, "first"),
            lambda: claim_elsewhere(store, "second", request_hash="other"),
        )


def test_a_claim_that_waited_for_a_rollback_gets_the_key(store: Store) -> None:
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(RuntimeError), store.begin() as repositories:
            claim_key(repositories, "first")
            result = pool.submit(claim_elsewhere, store, "second")
            wait([result], timeout=MOMENT)
            raise RuntimeError

        assert result.result(timeout=5) == "second"


def test_many_claims_of_a_key_agree(store: Store) -> None:
    claims = [partial(claim_elsewhere, store, f"resource-{i}") for i in range(WORKERS)]

    assert len(set(succeeded(at_once(*claims)))) == 1


def test_an_assessment_is_locked_until_the_transaction_ends(store: Store) -> None:
    assessment, _ = stored_assessment(store)

    def submit_elsewhere() -> object:
        with store.begin() as repositories:
            return repositories.assessments.lock(assessment.id).submitted_at

    submitted_at = while_open(
        store,
        lambda repositories: repositories.assessments.save(
            repositories.assessments.lock(assessment.id).submit(later(1))
        ),
        submit_elsewhere,
    )

    assert submitted_at == later(1)


def test_a_session_is_locked_until_the_transaction_ends(store: Store) -> None:
    session = a_session(user_id=stored_student(store))
    with store.begin() as repositories:
        repositories.sessions.add(session)

    def rotate(repositories: Repositories) -> Session:
        locked = repositories.sessions.lock(session.id)
        rotated = locked.rotate(locked.generation, later(1))
        repositories.sessions.save(rotated)
        return rotated

    def rotate_elsewhere() -> int:
        with store.begin() as repositories:
            return rotate(repositories).generation

    assert while_open(store, rotate, rotate_elsewhere) == 2


def accommodate(repositories: Repositories, student: UserId) -> AccommodationsVersion:
    newest = repositories.accommodations.lock(student)
    version = an_accommodations_version(
        student_id=student, set_by=student, version=newest.version + 1 if newest else 1
    )
    repositories.accommodations.append(version)
    return version


def test_a_start_waits_for_accommodations_that_are_being_set(store: Store) -> None:
    student = stored_assessment(store)[0].student_id

    def start() -> StartedAssessment:
        return start_assessment(
            TRACK,
            Level.BEGINNER,
            a_caller(user_id=student),
            idempotency=None,
            store=store,
            ids=FakeIds(),
            clock=FakeClock(),
        )

    started = while_open(store, lambda r: accommodate(r, student), start)

    assert started.assessment.accommodations == MORE_TIME


def test_accommodations_wait_for_an_assessment_that_is_being_started(store: Store) -> None:
    student = stored_assessment(store)[0].student_id
    new = an_assessment(student_id=student)

    def start(repositories: Repositories) -> None:
        repositories.accommodations.hold(student)
        repositories.assessments.add(new, ())

    def set_elsewhere() -> SetAccommodations:
        return set_accommodations(
            student,
            MORE_TIME,
            a_caller(user_id=student, role=Role.ADMIN),
            reason=None,
            store=store,
            clock=FakeClock(),
        )

    done = while_open(store, start, set_elsewhere)

    assert new.id in {adjustment.after.id for adjustment in done.adjustments}
    with store.begin() as repositories:
        assert repositories.assessments.get(new.id).accommodations == MORE_TIME


def test_an_assessment_that_is_being_submitted_is_submitted_first(store: Store) -> None:
    assessment, _ = stored_assessment(store)

    def look_elsewhere() -> tuple[Assessment, ...]:
        with store.begin() as repositories:
            return repositories.assessments.lock_unsubmitted(assessment.student_id)

    unsubmitted = while_open(
        store,
        lambda r: r.assessments.save(r.assessments.lock(assessment.id).submit(later(1))),
        look_elsewhere,
    )

    assert unsubmitted == ()


def test_accommodations_that_are_set_at_once_become_a_version_each(store: Store) -> None:
    student = stored_student(store)

    def set_them() -> int:
        with store.begin() as repositories:
            return accommodate(repositories, student).version

    versions = succeeded(at_once(*[set_them] * WORKERS))

    assert sorted(versions) == list(range(1, WORKERS + 1))


@pytest.mark.integration
def test_two_assessments_of_a_student_can_be_started_at_once(postgres_store: PostgresStore) -> None:
    student = stored_student(postgres_store)

    with postgres_store.begin() as first, postgres_store.begin() as second:
        assert first.accommodations.hold(student) is None
        assert second.accommodations.hold(student) is None


def test_a_students_events_are_numbered_without_gaps(store: Store) -> None:
    student = UserId(an_id())

    def append() -> int:
        with store.begin() as repositories:
            return repositories.outbox.append(
                EventType.ASSESSMENT_SUBMITTED, student, {}, event_id=EventId(an_id()), at=NOON
            ).sequence

    numbers = succeeded(at_once(*[append] * WORKERS))

    assert sorted(numbers) == list(range(1, WORKERS + 1))
    with store.begin() as repositories:
        unsent = repositories.outbox.unsent(limit=9)
    assert [event.sequence for event in unsent] == sorted(numbers)


def test_an_address_is_registered_once(store: Store) -> None:
    def register() -> None:
        with store.begin() as repositories:
            repositories.users.add(a_user(email="ada@example.org"))

    registrations = at_once(*[register] * WORKERS)

    assert len(succeeded(registrations)) == 1
    assert sum(isinstance(r.exception(), EmailTakenError) for r in registrations) == WORKERS - 1


def test_a_question_that_is_put_twice_at_once_is_added_once(store: Store) -> None:
    def put() -> str:
        with store.begin() as repositories:
            question = a_theoretical_question(slug="t-1")
            return repositories.questions.put(question, content_hash="a")

    changes = succeeded(at_once(*[put] * WORKERS))

    assert sorted(changes) == ["added", *["unchanged"] * (WORKERS - 1)]


def test_a_track_that_is_put_twice_at_once_becomes_two_versions(store: Store) -> None:
    with store.begin() as repositories:
        repositories.tracks.put(a_track(), content_hash="a")

    def put(content_hash: str) -> str:
        with store.begin() as repositories:
            return repositories.tracks.put(a_track(), content_hash=content_hash)

    changes = succeeded(at_once(*[partial(put, f"hash-{i}") for i in range(WORKERS)]))

    assert changes == ["updated"] * WORKERS
    with store.begin() as repositories:
        assert repositories.tracks.get(TRACK).version == 1 + WORKERS


def test_the_audit_chain_holds_when_many_append(store: Store) -> None:
    def append() -> None:
        with store.begin() as repositories:
            repositories.audit.append(actor="a", action="b", subject="c", details={}, at=NOON)

    assert len(succeeded(at_once(*[append] * WORKERS))) == WORKERS

    with store.begin() as repositories:
        assert repositories.audit.verify().first_broken is None


@pytest.mark.integration
def test_events_that_another_is_sending_are_passed_over(postgres_store: PostgresStore) -> None:
    for _ in range(3):
        with postgres_store.begin() as repositories:
            student = UserId(an_id())
            repositories.outbox.append(
                EventType.ASSESSMENT_SUBMITTED, student, {}, event_id=EventId(an_id()), at=NOON
            )

    with postgres_store.begin() as first, postgres_store.begin() as second:
        ours = first.outbox.unsent(limit=2)
        theirs = second.outbox.unsent(limit=9)

    assert (len(ours), len(theirs)) == (2, 1)
    assert theirs[0] not in ours


@pytest.mark.integration
def test_saving_an_answer_does_not_wait_for_readers_of_the_assessment(
    postgres_store: PostgresStore,
) -> None:
    assessment, snapshots = stored_assessment(postgres_store)

    with postgres_store.begin() as reader:
        reader.assessments.get(assessment.id)
        with postgres_store.begin() as writer:
            writer.assessments.lock(assessment.id)
            response = a_response(snapshots[0].question)
            writer.assessments.save_responses(assessment.id, [response])

        assert len(reader.assessments.responses(assessment.id)) == 1


def test_verdicts_on_one_item_at_once_get_revisions_without_gaps(store: Store) -> None:
    recommendation, author = stored_recommendation(store), stored_student(store)
    assessment_id = AssessmentId(recommendation.assessment_id)
    item = recommendation.items[0].credential.id

    def decide() -> int:
        with store.begin() as repositories:
            repositories.assessments.lock(assessment_id)
            newest = repositories.verdicts.newest(recommendation.id).get(item)
            verdict = a_verdict_on(
                recommendation, author_id=author, revision=newest.revision + 1 if newest else 1
            )
            repositories.verdicts.add(verdict)
            return verdict.revision

    assert sorted(succeeded(at_once(*[decide] * WORKERS))) == list(range(1, WORKERS + 1))


def test_feedback_of_one_author_at_once_gets_revisions_without_gaps(store: Store) -> None:
    recommendation, author = stored_recommendation(store), stored_student(store)

    def give() -> int:
        with store.begin() as repositories:
            repositories.assessments.lock(AssessmentId(recommendation.assessment_id))
            newest = repositories.feedback.newest(recommendation.id, None, author)
            revision = newest.revision + 1 if newest else 1
            repositories.feedback.add(
                feedback_on(recommendation, author_id=author, revision=revision)
            )
            return revision

    assert sorted(succeeded(at_once(*[give] * WORKERS))) == list(range(1, WORKERS + 1))


def stored_user(store: Store, role: Role) -> User:
    user = a_user(role=role)
    with store.begin() as repositories:
        repositories.users.add(user)
    return user


def as_admin(user: User) -> Caller:
    return Caller(user_id=user.id, session_id=SessionId(an_id()), role=Role.ADMIN)


def demote(store: Store, user: User, *, by: User) -> User:
    return set_user_role(user.id, Role.STUDENT, caller=as_admin(by), store=store, clock=FakeClock())


def test_two_admins_who_demote_each_other_do_not_leave_nobody(store: Store) -> None:
    ada, alan = stored_user(store, Role.ADMIN), stored_user(store, Role.ADMIN)

    def demote_alan(repositories: Repositories) -> None:
        repositories.users.lock_admins()
        repositories.users.save_role(replace(alan, role=Role.STUDENT))

    with pytest.raises(ForbiddenError):
        while_open(store, demote_alan, partial(demote, store, ada, by=alan))

    with store.begin() as repositories:
        assert repositories.users.lock_admins() == (ada,)


def test_of_many_admins_who_step_down_at_once_one_is_left(store: Store) -> None:
    admins = [stored_user(store, Role.ADMIN) for _ in range(WORKERS)]

    ended = at_once(*[partial(demote, store, admin, by=admin) for admin in admins])

    assert len(succeeded(ended)) == WORKERS - 1
    assert [type(e.exception()) for e in ended if e.exception()] == [LastAdminError]
    with store.begin() as repositories:
        assert len(repositories.users.lock_admins()) == 1


def test_a_log_in_waits_for_a_change_of_role_and_sees_it(store: Store) -> None:
    user = a_user(role=Role.ADVISOR, password_hash="hash of right")
    with store.begin() as repositories:
        repositories.users.add(user)

    def change_role(repositories: Repositories) -> None:
        repositories.users.lock(user.id)
        repositories.users.save_role(replace(user, role=Role.STUDENT))
        repositories.sessions.revoke_all(user.id, at=NOON)

    def come_in() -> User:
        found, _ = log_in(
            user.email,
            "right",
            store=store,
            hasher=FakePasswordHasher(),
            ids=FakeIds(),
            clock=FakeClock(),
        )
        return found

    assert while_open(store, change_role, come_in).role is Role.STUDENT


def test_a_change_of_role_waits_for_a_log_in_and_revokes_its_session(store: Store) -> None:
    admin, user = stored_user(store, Role.ADMIN), stored_user(store, Role.ADVISOR)
    session = a_session(user_id=user.id)

    def come_in(repositories: Repositories) -> None:
        repositories.users.lock(user.id)
        repositories.sessions.add(session)

    while_open(store, come_in, partial(demote, store, user, by=admin))

    with store.begin() as repositories:
        assert repositories.sessions.get(session.id).revoked_at == NOON


def test_a_question_that_is_answered_on_many_devices_at_once_is_told_once(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    questions = [s.question for s in snapshots if not s.question.takes_text][:3]
    caller = a_caller(user_id=assessment.student_id)

    def save() -> None:
        save_responses(
            assessment.id,
            [
                GivenAnswer(
                    question_id=q.id, answer=Answer(selected=(q.options[0].id,)), pointer=""
                )
                for q in questions
            ],
            caller,
            store=store,
            clock=FakeClock(),
        )

    assert len(succeeded(at_once(*[save] * WORKERS))) == WORKERS

    with store.begin() as repositories:
        facts = repositories.outbox.unsent_facts(limit=100)
    assert [fact.sequence for fact in facts] == [1, 2, 3]
    assert {fact.id for fact in facts} == {answered_id(assessment.id, q.id) for q in questions}
