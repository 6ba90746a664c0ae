"""The small world that the samples in `events/` speak of, at the moment that each of them needs.

One student, one assessment; a stage includes all that came before it.
"""

from enum import IntEnum
from typing import Final

from shared.domain.assessment import Answer, Assessment, AssessmentId, AssessmentStatus, Response
from shared.domain.essay import EssayScoreId
from shared.domain.job import Job, JobId, JobKind, JobStatus
from shared.domain.job_output import retrieval_output, summary_output
from shared.domain.question import Question, QuestionId, QuestionType
from shared.domain.recommendation import (
    Credential,
    CredentialId,
    RankedItem,
    RecommendationId,
    Retrieval,
    Source,
    Summary,
    Trace,
)
from shared.domain.rescore import RescoreId
from shared.domain.user import UserId
from shared.domain.webhook import WebhookId
from shared.domain.webhook_delivery import DeliveryId
from tests.builders import (
    NOON,
    TRACK,
    a_credential,
    a_delivery,
    a_job,
    a_message,
    a_profile,
    a_profile_question,
    a_provenance,
    a_recommendation,
    a_recommendation_item,
    a_response,
    a_rule_score,
    a_session,
    a_theoretical_question,
    a_traced_candidate,
    a_track,
    a_user,
    a_webhook,
    an_assessment,
    an_essay_question,
    an_essay_score,
    later,
    snapshots_of,
)
from tests.embeddings import put_embedding
from tests.fakes.wiring import FakeWiring


def _id(number: int) -> str:
    return f"019b7a01-0000-7000-8000-{number:012x}"


STUDENT: Final = UserId(_id(1))
SESSION: Final = _id(2)
ASSESSMENT: Final = AssessmentId(_id(3))
ADMIN: Final = UserId(_id(9))
ESSAY_JOBS: Final = tuple(JobId(_id(0x11 + n)) for n in range(3))
RETRIEVAL_JOB: Final = JobId(_id(0x14))
FUSION_JOB: Final = JobId(_id(0x15))
RECOMMENDATION: Final = RecommendationId(_id(0x16))
RECOMMENDED: Final = CredentialId(_id(0x17))
FIRST_QUESTION: Final = 0x20
ESSAYS: Final = tuple(QuestionId(_id(FIRST_QUESTION + n)) for n in (3, 4, 5))
ESSAY_SCORES: Final = tuple(EssayScoreId(_id(0x30 + n)) for n in range(3))
WEBHOOK: Final = WebhookId(_id(0x40))
DELIVERY: Final = DeliveryId(_id(0x41))
RESCORE: Final = RescoreId(_id(0x50))
EMAIL: Final = "student@example.com"
PASSWORD: Final = "correct horse battery staple"
SUBMITTED_AT: Final = later(-5)


class Stage(IntEnum):
    """How far the student has come."""

    NOBODY = 0
    LOGGED_IN = 1
    ANSWERED = 2
    SUBMITTED = 3
    SCORED = 4
    RETRIEVED = 5
    FUSED = 6
    COMPLETED = 7


def world_at(stage: Stage) -> FakeWiring:
    world = FakeWiring()
    questions, credential = _questions(), a_credential()
    if stage >= Stage.LOGGED_IN:
        _log_in(world, questions, credential)
    if stage >= Stage.ANSWERED:
        _answer(world, questions)
    if stage >= Stage.SUBMITTED:
        _submit(world, questions)
    if stage >= Stage.SCORED:
        _score(world, questions)
    if stage >= Stage.RETRIEVED:
        _finish_job(world, RETRIEVAL_JOB, retrieval_output(_retrieval(credential)))
    if stage >= Stage.FUSED:
        _finish_job(world, FUSION_JOB, summary_output(_summary(credential.id)))
    if stage >= Stage.COMPLETED:
        _complete(world)
    return world


def add_webhook(world: FakeWiring) -> None:
    """Let somebody want to know of everything."""
    secret = world.webhook_keys.seal(b"s" * 32, WEBHOOK)
    with world.store.begin() as repositories:
        repositories.webhooks.add(a_webhook(id=WEBHOOK, secret=secret))


def add_delivery(world: FakeWiring) -> None:
    """Let there be something to tell the webhook, in its first run."""
    add_webhook(world)
    message = a_message(student_id=STUDENT)
    delivery = a_delivery(message, a_webhook(id=WEBHOOK), id=DELIVERY, run=1)
    with world.store.begin() as repositories:
        repositories.deliveries.add_message(message)
        repositories.deliveries.add([delivery])


def _questions() -> tuple[Question, ...]:
    ids = iter(_id(FIRST_QUESTION + n) for n in range(10))
    return (
        *(a_theoretical_question(id=next(ids)) for _ in range(3)),
        *(an_essay_question(id=next(ids)) for _ in range(3)),
        *(a_profile_question(id=next(ids)) for _ in range(3)),
        a_profile_question(id=next(ids), free_text=True),
    )


def _log_in(world: FakeWiring, questions: tuple[Question, ...], credential: Credential) -> None:
    student = a_user(
        id=STUDENT,
        email=EMAIL,
        name="Sample Student",
        password_hash=world.hasher.hash(PASSWORD),
    )
    with world.store.begin() as repositories:
        repositories.users.add(student)
        repositories.sessions.add(a_session(id=SESSION, user_id=STUDENT, generation=1))
        repositories.tracks.put(a_track(), content_hash="1")
        for question in questions:
            repositories.questions.put(question, content_hash=question.slug)
        repositories.credentials.put(credential, content_hash="1")
        # Near enough to be found by what the student lacks.
        vector = world.embedder.embed(["Backend Engineer, intermediate level. Learn transactions."])
        put_embedding(repositories, credential, vector[0])


def _answer(world: FakeWiring, questions: tuple[Question, ...]) -> None:
    with world.store.begin() as repositories:
        repositories.assessments.add(_assessment(), snapshots_of(questions))
        repositories.assessments.save_responses(ASSESSMENT, [_response(q) for q in questions])


def _response(question: Question) -> Response:
    """Option `b`, which is wrong, so that there is something to learn."""
    if question.type is QuestionType.THEORETICAL:
        return a_response(question, answer=Answer(selected=("b",)))
    return a_response(question)


def _assessment(status: AssessmentStatus = AssessmentStatus.IN_PROGRESS) -> Assessment:
    is_submitted = status is not AssessmentStatus.IN_PROGRESS
    return an_assessment(
        id=ASSESSMENT,
        student_id=STUDENT,
        status=status,
        started_at=later(-600),
        submitted_at=SUBMITTED_AT if is_submitted else None,
        completed_at=NOON if status is AssessmentStatus.COMPLETED else None,
    )


def _submit(world: FakeWiring, questions: tuple[Question, ...]) -> None:
    with world.store.begin() as repositories:
        repositories.assessments.save(_assessment(AssessmentStatus.SCORING))
        repositories.assessments.add_rule_scores(
            ASSESSMENT,
            [
                a_rule_score(q.id, score=0.0)
                for q in questions
                if q.type is QuestionType.THEORETICAL
            ],
        )
        repositories.jobs.add(_jobs(questions))
        repositories.assessments.mark_pipeline_started(ASSESSMENT, run=1, at=SUBMITTED_AT)


def _jobs(questions: tuple[Question, ...]) -> list[Job]:
    essays = [q.id for q in questions if q.type is QuestionType.ESSAY]
    return [
        *(
            a_job(id=job, assessment_id=ASSESSMENT, kind=JobKind.SCORE_ESSAY, question_id=essay)
            for job, essay in zip(ESSAY_JOBS, essays, strict=True)
        ),
        a_job(id=RETRIEVAL_JOB, assessment_id=ASSESSMENT, kind=JobKind.RETRIEVE_CREDENTIALS),
        a_job(id=FUSION_JOB, assessment_id=ASSESSMENT, kind=JobKind.FUSE_RESULTS),
    ]


def _score(world: FakeWiring, questions: tuple[Question, ...]) -> None:
    essays = [q.id for q in questions if q.type is QuestionType.ESSAY]
    for job, essay, score_id in zip(ESSAY_JOBS, essays, ESSAY_SCORES, strict=True):
        score = an_essay_score(id=score_id, assessment_id=ASSESSMENT, question_id=essay)
        with world.store.begin() as repositories:
            repositories.assessments.add_essay_score(score)
        _finish_job(world, job, {"essayScoreId": score.id, "score": score.score})


def _finish_job(world: FakeWiring, job_id: JobId, output: dict[str, object]) -> None:
    with world.store.begin() as repositories:
        job = repositories.jobs.claim(job_id, now=SUBMITTED_AT, lease=world.lease)
        repositories.jobs.finish(
            job_id, attempt=job.attempt, status=JobStatus.SUCCEEDED, output=output, now=later(-1)
        )


def _retrieval(credential: Credential) -> Retrieval:
    return Retrieval(
        items=(
            RankedItem(
                rank=1,
                credential_id=credential.id,
                score=0.8,
                vector_similarity=0.7,
                text_score=0.4,
                closes=("transactions",),
                sources=(Source(field="outcomes", snippet="Design a schema.", similarity=0.7),),
            ),
        ),
        trace=Trace(
            query="Learn transactions.",
            embedding_model="fake-words",
            candidates=1,
            filters={"track": TRACK, "level": "intermediate"},
        ),
    )


def _summary(credential_id: CredentialId) -> Summary:
    return Summary(
        text="You know databases; learn to design APIs next.",
        why={credential_id: "It closes your gap in transactions."},
        provenance=a_provenance(prompt_version="summarize.v1"),
    )


def _complete(world: FakeWiring) -> None:
    recommended = a_credential(id=RECOMMENDED)
    with world.store.begin() as repositories:
        repositories.assessments.save_profile(ASSESSMENT, a_profile())
        repositories.recommendations.add(
            a_recommendation(
                id=RECOMMENDATION,
                assessment_id=ASSESSMENT,
                items=(a_recommendation_item(credential=recommended),),
                ranking=(a_traced_candidate(recommended),),
            )
        )
        repositories.assessments.save(_assessment(AssessmentStatus.COMPLETED))
