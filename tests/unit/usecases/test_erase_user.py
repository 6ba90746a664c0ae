import jwt
import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import (
    ForbiddenError,
    InvalidCredentialsError,
    JobBusyError,
    LastAdminError,
    NotFoundError,
)
from shared.domain.event import EventType
from shared.domain.job import Job, JobStatus
from shared.domain.user import Caller, Role, UserId
from shared.ports.job_work import JobResult
from shared.usecases.apply_fallback import Fallback, apply_fallback
from shared.usecases.erase_user import ErasedUser, erase_me, erase_user
from shared.usecases.fail_assessment import fail_assessment
from shared.usecases.finish_assessment import finish_assessment
from shared.usecases.reconcile import reconcile
from shared.usecases.run_job import run_job
from shared.usecases.score_essay import score_essay
from tests.builders import NOON, a_user, an_assessment
from tests.fakes.sample_world import (
    ASSESSMENT,
    ESSAY_JOBS,
    FUSION_JOB,
    PASSWORD,
    STUDENT,
    Stage,
    world_at,
)
from tests.fakes.wiring import TOKEN_ISSUER, FakeWiring
from tests.unit.usecases.scenes import ADMIN, OWNER


def add_user(world: FakeWiring, user_id: UserId, role: Role) -> None:
    with world.store.begin() as repositories:
        repositories.users.add(a_user(id=user_id, role=role))


def erase(world: FakeWiring, user_id: UserId = STUDENT, caller: Caller = ADMIN) -> ErasedUser:
    if caller.role is Role.ADMIN and caller.user_id not in world.store.state.users:
        add_user(world, caller.user_id, Role.ADMIN)
    return erase_user(
        user_id,
        caller,
        store=world.store,
        tokens=world.tokens,
        ids=world.ids,
        clock=world.clock,
    )


def erase_own(world: FakeWiring, password: str = PASSWORD) -> ErasedUser:
    return erase_me(
        OWNER,
        password,
        store=world.store,
        hasher=world.hasher,
        tokens=world.tokens,
        ids=world.ids,
        clock=world.clock,
    )


def test_the_account_and_the_answers_are_gone_and_the_marks_stay() -> None:
    world = world_at(Stage.COMPLETED)
    scores = len(world.store.state.essay_scores)

    erased = erase_own(world)

    state = world.store.state
    assert (state.users, state.sessions, state.responses) == ({}, {}, {})
    assert len(state.essay_scores) == scores == erased.erasure.erased["essay_scores"]
    assert erased.erasure.kept == {"assessments": 1}
    assert state.assessments[ASSESSMENT].status is AssessmentStatus.COMPLETED
    assert state.assessments[ASSESSMENT].student_id != STUDENT


def test_a_wrong_password_erases_nothing() -> None:
    world = world_at(Stage.COMPLETED)
    before = world.store.state

    with pytest.raises(InvalidCredentialsError, match="nothing was erased"):
        erase_own(world, "wrong")

    assert world.store.state.users == before.users
    assert world.store.state.responses == before.responses
    assert world.store.state.audit == []


def test_who_does_not_exist_cannot_be_erased() -> None:
    world = world_at(Stage.LOGGED_IN)

    with pytest.raises(NotFoundError):
        erase(world, UserId("nobody"))

    assert (world.store.state.audit, world.store.state.outbox) == ([], {})


def test_the_last_admin_is_not_erased_and_one_of_two_is() -> None:
    world = world_at(Stage.COMPLETED)
    with pytest.raises(LastAdminError):
        erase(world, ADMIN.user_id)
    assert ADMIN.user_id in world.store.state.users
    assert (world.store.state.audit, world.store.state.outbox) == ([], {})

    add_user(world, UserId("another"), Role.ADMIN)
    erase(world, ADMIN.user_id)

    assert ADMIN.user_id not in world.store.state.users


@pytest.mark.parametrize("role", [Role.STUDENT, Role.ADVISOR, None])
def test_who_has_ceased_to_be_an_admin_erases_nobody_else(role: Role | None) -> None:
    """Their token says so for up to a minute, also when they were erased themselves."""
    world = world_at(Stage.COMPLETED)
    if role:
        add_user(world, ADMIN.user_id, role)

    with pytest.raises(ForbiddenError):
        erase_user(
            STUDENT,
            ADMIN,
            store=world.store,
            tokens=world.tokens,
            ids=world.ids,
            clock=world.clock,
        )

    assert STUDENT in world.store.state.users


def test_the_receipt_is_signed_and_says_what_was_erased() -> None:
    world = world_at(Stage.COMPLETED)

    erased = erase_own(world)

    [key] = jwt.PyJWKSet.from_dict(world.tokens.jwks()).keys
    claims = jwt.decode(
        erased.receipt,
        key,
        algorithms=["EdDSA"],
        issuer=TOKEN_ISSUER,
        # The clock of tests stands in the past or the future.
        options={"verify_iat": False},
    )
    assert jwt.get_unverified_header(erased.receipt)["typ"] == "receipt+jwt"
    assert claims == {
        "iss": TOKEN_ISSUER,
        "iat": int(NOON.timestamp()),
        "sub": STUDENT,
        "erasedAt": "2026-01-01T12:00:00+00:00",
        "erased": dict(erased.erasure.erased),
        "keptWithoutIdentity": {"assessments": 1},
    }
    assert claims["erased"]["assessment_responses"] == 10


def test_without_a_signature_nothing_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_at(Stage.COMPLETED)

    def fail(*_: object, **__: object) -> str:
        raise LookupError("the signing secret has no value")

    monkeypatch.setattr(world.tokens, "receipt", fail)
    with pytest.raises(LookupError):
        erase(world)

    assert STUDENT in world.store.state.users


@pytest.mark.parametrize("caller", [OWNER, ADMIN], ids=["student", "admin"])
def test_the_world_is_told_and_the_audit_log_knows_by_ids_alone(caller: Caller) -> None:
    world = world_at(Stage.COMPLETED)

    erased = erase(world, caller=caller)

    [event] = world.store.state.outbox.values()
    assert (event.type, event.student_id) == (EventType.USER_ERASED, STUDENT)
    assert event.data == {"userId": STUDENT}
    [entry] = world.store.state.audit
    assert (entry.actor, entry.action, entry.subject) == (caller.user_id, "user.erased", STUDENT)
    assert entry.details == {
        "erased": dict(erased.erasure.erased),
        "kept": dict(erased.erasure.kept),
    }


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        (Stage.ANSWERED, AssessmentStatus.EXPIRED),
        (Stage.SUBMITTED, AssessmentStatus.FAILED),
        (Stage.FUSED, AssessmentStatus.FAILED),
        (Stage.COMPLETED, AssessmentStatus.COMPLETED),
    ],
)
def test_what_still_runs_is_closed(stage: Stage, status: AssessmentStatus) -> None:
    world = world_at(stage)
    other = an_assessment()
    with world.store.begin() as repositories:
        repositories.assessments.add(other, ())

    erase(world)

    assert world.store.state.assessments[ASSESSMENT].status is status
    assert world.store.state.assessments[other.id] == other
    assert all(job.is_done for job in world.store.state.jobs.values())


def test_a_worker_that_has_read_the_answer_writes_nothing_any_more() -> None:
    """It is erased while the model answers; the message comes back, and the pipeline goes on."""
    world = world_at(Stage.SUBMITTED)
    tokens = iter(["token 1", "token 2"])

    def deliver(*, meanwhile: bool) -> None:
        def work(job: Job) -> JobResult:
            result = score_essay(
                job,
                store=world.store,
                scorer=world.scorer,
                budget=world.budget,
                ids=world.ids,
                clock=world.clock,
            )
            if meanwhile:
                erase(world)
            return result

        run_job(
            ESSAY_JOBS[0],
            next(tokens),
            work=work,
            store=world.store,
            tasks=world.tasks,
            clock=world.clock,
            metrics=world.metrics,
            lease=world.lease,
        )

    with pytest.raises(JobBusyError):
        deliver(meanwhile=True)
    deliver(meanwhile=False)

    assert world.store.state.essay_scores == {}
    assert world.store.state.jobs[ESSAY_JOBS[0]].output is None
    assert world.tasks.completed == {"token 2": {}}


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.SCORED, Stage.RETRIEVED, Stage.FUSED])
def test_the_pipeline_ends_without_another_word(stage: Stage) -> None:
    world = world_at(stage)
    erase(world)
    before = world.store.state.copy()

    for job in (*ESSAY_JOBS, FUSION_JOB):
        apply_fallback(
            job,
            "timeout",
            fallback=Fallback(scorer=world.offline_scorer, summarizer=world.offline_summarizer),
            store=world.store,
            ids=world.ids,
            clock=world.clock,
            metrics=world.metrics,
        )
    finish_assessment(
        ASSESSMENT, store=world.store, ids=world.ids, clock=world.clock, metrics=world.metrics
    )
    fail_assessment(ASSESSMENT, "boom", store=world.store, ids=world.ids, clock=world.clock)
    started = reconcile(store=world.store, pipeline=world.pipeline, clock=world.clock).started

    assert started == 0
    assert world.store.state == before
    assert {job.status for job in before.jobs.values()} <= {
        JobStatus.SUCCEEDED,
        JobStatus.FELL_BACK,
    }
