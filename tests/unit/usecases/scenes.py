"""Who calls, and worlds in which a use case has something to do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from shared.domain.accommodations import NO_ACCOMMODATIONS, Accommodations
from shared.domain.assessment import Answer, Assessment, AssessmentId, AssessmentStatus
from shared.domain.essay import EssayScore, Provenance, SecondReading
from shared.domain.idempotency import IdempotencyKey
from shared.domain.job import Job, JobId, JobStatus
from shared.domain.question import Question
from shared.domain.user import Caller, Role, SessionId, UserId
from shared.ports.job_work import JobResult
from shared.ports.scored_assessment import read_scored
from tests.builders import a_degradation, a_response, an_assessment, an_id, snapshots_of
from tests.fakes.sample_world import ASSESSMENT, ESSAYS, SESSION, STUDENT
from tests.fakes.store import FakeStore
from tests.fakes.wiring import FakeWiring

UNKNOWN: Final = AssessmentId("019b7a01-0000-7000-8000-00000000dead")
MICROSECOND: Final = timedelta(microseconds=1)


def a_caller(
    *,
    user_id: str | None = None,
    session_id: str | None = None,
    role: Role = Role.STUDENT,
    assessment_id: str | None = None,
) -> Caller:
    return Caller(
        user_id=UserId(user_id or an_id()),
        session_id=SessionId(session_id or an_id()),
        role=role,
        assessment_id=assessment_id,
    )


OWNER: Final = a_caller(user_id=STUDENT, session_id=SESSION)
"""The student of the sample world."""
SOMEBODY_ELSE: Final = a_caller()
ADVISOR: Final = a_caller(role=Role.ADVISOR)
ADMIN: Final = a_caller(role=Role.ADMIN)


def a_key(
    key: str = "key 1", *, request: str = "request 1", scope: str = OWNER.user_id
) -> IdempotencyKey:
    return IdempotencyKey(scope=scope, operation="POST /this", key=key, request_hash=request)


def bound(key: IdempotencyKey) -> tuple[str, str, str]:
    """Where the store keeps what the key is bound to."""
    return key.scope, key.operation, key.key


def open_assessment(
    world: FakeWiring,
    questions: Sequence[Question],
    answers: Mapping[str, Answer] | None = None,
    *,
    accommodations: Accommodations = NO_ACCOMMODATIONS,
) -> Assessment:
    """Start an assessment of the owner with these questions, and answers by question id."""
    assessment = an_assessment(student_id=OWNER.user_id, accommodations=accommodations)
    with world.store.begin() as repositories:
        repositories.assessments.add(assessment, snapshots_of(questions))
        repositories.assessments.save_responses(
            assessment.id,
            [a_response(question, answer=answer) for question, answer in (answers or {}).items()],
        )
    return assessment


def put_answer(world: FakeWiring, question_id: str, answer: Answer) -> None:
    """Replace an answer of the sample assessment, as if it had been given so."""
    with world.store.begin() as repositories:
        repositories.assessments.save_responses(
            ASSESSMENT, [a_response(question_id, answer=answer)]
        )


def put_status(world: FakeWiring, status: AssessmentStatus) -> None:
    with world.store.begin() as repositories:
        assessment = repositories.assessments.get(ASSESSMENT)
        repositories.assessments.save(replace(assessment, status=status))


def put_doubt(
    world: FakeWiring,
    number: int = 0,
    *,
    flags: tuple[str, ...] = ("addresses_grader",),
    second_reading: SecondReading | None = None,
) -> EssayScore:
    """Let the first essay of the sample assessment, or another, want a person to look."""
    key = (ASSESSMENT, ESSAYS[number], 1)
    scores = world.store.state.essay_scores
    scores[key] = replace(scores[key], flags=flags, second_reading=second_reading)
    return scores[key]


def put_fallback(world: FakeWiring, *numbers: int, score: float = 5.0) -> None:
    """Let the first essay of the sample assessment, or others, have been marked by a fallback.

    Each of its criteria has this mark, and so has the essay.
    """
    state = world.store.state
    degraded = state.assessments[ASSESSMENT]
    for number in numbers or (0,):
        key = (ASSESSMENT, ESSAYS[number], 1)
        before = state.essay_scores[key]
        state.essay_scores[key] = replace(
            before,
            score=score,
            criteria=tuple(replace(c, score=score) for c in before.criteria),
            provenance=Provenance(engine="rubric"),
        )
        degraded = degraded.degrade(a_degradation(cause="circuit_open", question_id=ESSAYS[number]))
    state.assessments[ASSESSMENT] = degraded
    with world.store.begin() as repositories:
        repositories.assessments.save_profile(
            ASSESSMENT, read_scored(repositories, degraded).profile
        )


def put_output(world: FakeWiring, job_id: JobId, output: Mapping[str, Any] | None) -> None:
    """Let a job have handed on this instead; None as if it had not been done."""
    state = world.store.state
    status = JobStatus.QUEUED if output is None else JobStatus.SUCCEEDED
    state.jobs[job_id] = replace(state.jobs[job_id], status=status, output=output)


def claimed(world: FakeWiring, job_id: JobId) -> Job:
    """Claim the job as a worker does, once more if need be."""
    with world.store.begin() as repositories:
        return repositories.jobs.claim(job_id, now=world.clock.now(), lease=world.lease)


def stored(result: JobResult, store: FakeStore) -> JobResult:
    """Write what a job came to."""
    with store.begin() as repositories:
        result.write(repositories)
    return result


def ensure_no_transaction(store: FakeStore) -> None:
    """Raise if a transaction is open: in this store they do not nest."""
    with store.begin():
        pass
