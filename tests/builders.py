"""Valid domain objects with sensible defaults; a test names only what it is about.

Each call makes a new id, so that two objects are two unless a test says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from shared.domain.accommodations import (
    NO_ACCOMMODATIONS,
    Accommodations,
    AccommodationsVersion,
)
from shared.domain.analytics import (
    AnalyticsEvent,
    Answered,
    Completed,
    Fact,
    FeedbackGiven,
    Started,
    Submitted,
)
from shared.domain.assessment import (
    LIFETIME,
    Answer,
    Assessment,
    AssessmentId,
    AssessmentStatus,
    Response,
    Snapshot,
)
from shared.domain.consent import NOT_ASKED, AiScoring, Consent
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.essay import (
    CriterionScore,
    EssayScore,
    EssayScoreId,
    Evidence,
    Provenance,
    SecondReading,
)
from shared.domain.event import Event, EventId, EventType
from shared.domain.feedback import Feedback, FeedbackId, Rating
from shared.domain.idempotency import IdempotencyKey
from shared.domain.job import Job, JobId, JobKind, JobStatus
from shared.domain.level import Level
from shared.domain.question import (
    CriterionName,
    KeyPoint,
    Option,
    Question,
    QuestionId,
    QuestionType,
    Rubric,
    RubricCriterion,
    RubricLevel,
)
from shared.domain.recommendation import (
    Credential,
    CredentialFormat,
    CredentialId,
    Recommendation,
    RecommendationId,
    RecommendationItem,
    Source,
    Trace,
    TracedCandidate,
)
from shared.domain.rescore import (
    Rescore,
    RescoredEssay,
    RescoreId,
    RescoreScope,
    Verdict,
)
from shared.domain.scoring import Band, DomainScore, Profile, RuleScore
from shared.domain.session import REFRESH_LIFETIME, Session
from shared.domain.track import QuestionMix, Track, TrackDomain, TrackId
from shared.domain.user import Role, SessionId, User, UserId
from shared.domain.verdict import ItemVerdict, VerdictId
from shared.domain.webhook import DisabledReason, SealedSecret, Webhook, WebhookId
from shared.domain.webhook_delivery import Delivery, DeliveryId, DeliveryStatus, Reply
from shared.domain.webhook_message import Message

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TRACK = TrackId("backend-engineer")
MORE_TIME = Accommodations(time_multiplier=1.5, extra_days=7)

_numbers = count(1)


def an_id() -> str:
    """Return a UUIDv7 that sorts after those made before it."""
    return f"019b7a00-0000-7000-8000-{next(_numbers):012x}"


def a_user(
    *,
    id: str | None = None,
    email: str | None = None,
    name: str = "Ada Lovelace",
    role: Role = Role.STUDENT,
    password_hash: str = "$2b$12$" + "x" * 53,
    created_at: datetime = NOON,
) -> User:
    user_id = id or an_id()
    return User(
        id=UserId(user_id),
        email=email or f"{user_id}@example.org",
        name=name,
        role=role,
        password_hash=password_hash,
        created_at=created_at,
    )


def a_session(
    *,
    id: str | None = None,
    user_id: str | None = None,
    generation: int = 0,
    created_at: datetime = NOON,
    revoked_at: datetime | None = None,
) -> Session:
    return Session(
        id=SessionId(id or an_id()),
        user_id=UserId(user_id or an_id()),
        generation=generation,
        created_at=created_at,
        expires_at=created_at + REFRESH_LIFETIME,
        revoked_at=revoked_at,
    )


def an_accommodations_version(
    *,
    student_id: str | None = None,
    version: int = 1,
    granted: Accommodations | None = MORE_TIME,
    reason: str | None = "Certificate of 3 March",
    set_by: str | None = None,
    set_at: datetime = NOON,
) -> AccommodationsVersion:
    return AccommodationsVersion(
        student_id=UserId(student_id or an_id()),
        version=version,
        granted=granted,
        reason=reason,
        set_by=UserId(set_by or an_id()),
        set_at=set_at,
    )


def a_track_domain(
    *, id: str = "backend.databases", name: str = "Databases", weight: float = 1.0
) -> TrackDomain:
    return TrackDomain(
        id=id,
        name=name,
        weight=weight,
        skills=("sql", "transactions"),
        strength="You reason soundly about how data is stored.",
        improvement="Practise schema design on a real database.",
    )


def a_track(
    *,
    id: str = TRACK,
    version: int = 1,
    name: str = "Backend Engineer",
    skill_focus: tuple[str, ...] = ("sql", "rest-api-design"),
    question_mix: QuestionMix | None = None,
    domains: tuple[TrackDomain, ...] | None = None,
    active: bool = True,
) -> Track:
    return Track(
        id=TrackId(id),
        version=version,
        name=name,
        description="Builds the services behind an application.",
        skill_focus=skill_focus,
        question_mix=question_mix or QuestionMix(),
        estimated_minutes=15,
        domains=(a_track_domain(),) if domains is None else domains,
        active=active,
    )


def an_option(id: str, *, correct: bool | None = None, interests: tuple[str, ...] = ()) -> Option:
    return Option(id=id, text=f"Option {id}", correct=correct, interests=interests)


def a_theoretical_question(
    *,
    id: str | None = None,
    version: int = 1,
    slug: str | None = None,
    track_id: str = TRACK,
    domain: str = "backend.databases",
    level: Level = Level.INTERMEDIATE,
    prompt: str = "What does a transaction promise?",
    skills: tuple[str, ...] = ("transactions",),
    weight: float = 1.0,
    options: tuple[Option, ...] | None = None,
    multiple: bool = False,
) -> Question:
    """Option `a` is the right one, unless `options` says otherwise."""
    question_id = id or an_id()
    return Question(
        id=QuestionId(question_id),
        version=version,
        slug=slug or f"t-{question_id}",
        track_id=track_id,
        type=QuestionType.THEORETICAL,
        domain=domain,
        level=level,
        prompt=prompt,
        skills=skills,
        weight=weight,
        options=options or (an_option("a", correct=True), an_option("b", correct=False)),
        multiple=multiple,
        time_limit_seconds=90,
    )


def three_options() -> tuple[Option, ...]:
    """Return what a rule of the seeds asks at least; `a` is the right one."""
    said = (("a", "It keeps all writes."), ("b", "It sorts rows."), ("c", "It draws maps."))
    return tuple(
        Option(id=key, text=text, correct=key == "a", explanation="So it is.") for key, text in said
    )


def a_rubric(*, key_points: tuple[KeyPoint, ...] | None = None, hash: str = "c0ffee") -> Rubric:
    levels = tuple(
        RubricLevel(score=score, description=f"An answer worth {score}.") for score in (2, 5, 8, 10)
    )
    weights = {
        CriterionName.ACCURACY: 0.5,
        CriterionName.CLARITY: 0.25,
        CriterionName.COHERENCE: 0.25,
    }
    return Rubric(
        criteria=tuple(
            RubricCriterion(name=name, weight=weight, levels=levels)
            for name, weight in weights.items()
        ),
        key_points=key_points
        or (
            KeyPoint(
                id="k1",
                text="A transaction makes several writes succeed or fail together.",
                weight=3,
                terms=(("atomic", "all or nothing"), ("transaction",)),
            ),
        ),
        reference_answer="A transaction is atomic: its writes succeed or fail together.",
        hash=hash,
    )


def an_essay_question(
    *,
    id: str | None = None,
    version: int = 1,
    slug: str | None = None,
    track_id: str = TRACK,
    domain: str = "backend.databases",
    level: Level = Level.INTERMEDIATE,
    prompt: str = "Explain what transactions are for.",
    skills: tuple[str, ...] = ("transactions",),
    weight: float = 1.0,
    max_length: int | None = 4000,
    rubric: Rubric | None = None,
) -> Question:
    question_id = id or an_id()
    return Question(
        id=QuestionId(question_id),
        version=version,
        slug=slug or f"e-{question_id}",
        track_id=track_id,
        type=QuestionType.ESSAY,
        domain=domain,
        level=level,
        prompt=prompt,
        skills=skills,
        weight=weight,
        time_limit_seconds=300,
        max_length=max_length,
        rubric=rubric or a_rubric(),
    )


def a_profile_question(
    *,
    id: str | None = None,
    version: int = 1,
    slug: str | None = None,
    track_id: str = TRACK,
    domain: str = "interests",
    options: tuple[Option, ...] | None = None,
    multiple: bool = True,
    free_text: bool = False,
) -> Question:
    """Option `a` points to databases, `b` to web services."""
    question_id = id or an_id()
    choices = options or (
        an_option("a", interests=("postgresql", "sql")),
        an_option("b", interests=("rest-api-design",)),
    )
    return Question(
        id=QuestionId(question_id),
        version=version,
        slug=slug or f"p-{question_id}",
        track_id=track_id,
        type=QuestionType.PROFILE,
        domain=domain,
        level=Level.BEGINNER,
        prompt="What would you like to build?",
        options=() if free_text else choices,
        multiple=multiple and not free_text,
        free_text=free_text,
        max_length=500 if free_text else None,
    )


def a_pool(
    *, theoretical: int = 3, essay: int = 3, profile: int = 4, track_id: str = TRACK
) -> tuple[Question, ...]:
    """Return questions of every type, as many as the default mix asks unless told otherwise."""
    return (
        *(a_theoretical_question(track_id=track_id) for _ in range(theoretical)),
        *(an_essay_question(track_id=track_id) for _ in range(essay)),
        *(a_profile_question(track_id=track_id) for _ in range(profile)),
    )


def snapshots_of(questions: Sequence[Question]) -> tuple[Snapshot, ...]:
    return tuple(Snapshot(position=i, question=q) for i, q in enumerate(questions, start=1))


def an_assessment(
    *,
    id: str | None = None,
    student_id: str | None = None,
    track_id: str = TRACK,
    track_version: int = 1,
    experience_level: Level = Level.INTERMEDIATE,
    status: AssessmentStatus = AssessmentStatus.IN_PROGRESS,
    started_at: datetime = NOON,
    submitted_at: datetime | None = None,
    completed_at: datetime | None = None,
    degradations: tuple[Degradation, ...] = (),
    accommodations: Accommodations = NO_ACCOMMODATIONS,
    accommodations_version: int | None = None,
    consent: Consent = NOT_ASKED,
) -> Assessment:
    return Assessment(
        id=AssessmentId(id or an_id()),
        student_id=UserId(student_id or an_id()),
        track_id=TrackId(track_id),
        track_version=track_version,
        experience_level=experience_level,
        status=status,
        started_at=started_at,
        expires_at=started_at + LIFETIME + accommodations.extra_time,
        submitted_at=submitted_at,
        completed_at=completed_at,
        degradations=degradations,
        accommodations=accommodations,
        accommodations_version=accommodations_version,
        consent=consent,
    )


def a_consent(
    decision: AiScoring = AiScoring.DECLINED, *, text_version: int = 1, at: datetime = NOON
) -> Consent:
    return Consent(decision=decision, text_version=text_version, decided_at=at)


def a_degradation(
    reason: DegradedReason = DegradedReason.ESSAY_SCORING_FALLBACK,
    *,
    at: datetime = NOON,
    cause: str = "timeout",
    question_id: str | None = None,
) -> Degradation:
    return Degradation(reason=reason, at=at, cause=cause, question_id=question_id)


def a_response(
    question: Question | str, *, answer: Answer | None = None, saved_at: datetime = NOON
) -> Response:
    """Option `a`, or a short text where the question takes one."""
    if answer is None:
        takes_text = isinstance(question, Question) and question.takes_text
        answer = Answer(text="A transaction is atomic.") if takes_text else Answer(selected=("a",))
    question_id = question.id if isinstance(question, Question) else QuestionId(question)
    return Response(question_id=question_id, answer=answer, saved_at=saved_at)


def a_rule_score(
    question_id: str,
    *,
    domain: str = "backend.databases",
    score: float = 1.0,
    max_score: float = 1.0,
) -> RuleScore:
    return RuleScore(
        question_id=QuestionId(question_id), domain=domain, score=score, max_score=max_score
    )


def a_provenance(
    *,
    engine: str = "openai",
    model: str | None = "gpt-5.4-mini",
    prompt_version: str | None = "score_essay.v1",
    prompt_hash: str | None = "beef",
) -> Provenance:
    return Provenance(
        engine=engine, model=model, prompt_version=prompt_version, prompt_hash=prompt_hash
    )


def a_criterion_score(
    name: CriterionName = CriterionName.ACCURACY,
    *,
    score: float = 8.0,
    evidence: tuple[Evidence, ...] = (Evidence(quote="is atomic", start=14, end=23),),
    unsure: bool = False,
    certainty: float = 1.0,
) -> CriterionScore:
    return CriterionScore(
        name=name,
        score=score,
        feedback="You name atomicity.",
        next_level="Say what happens on failure.",
        evidence=evidence,
        unsure=unsure,
        certainty=certainty,
    )


def an_essay_score(
    *,
    id: str | None = None,
    assessment_id: str | None = None,
    question_id: str | None = None,
    score: float = 7.3,
    criteria: tuple[CriterionScore, ...] | None = None,
    feedback: str = "A sound answer.",
    flags: tuple[str, ...] = (),
    provenance: Provenance | None = None,
    question_version: int = 1,
    attempt: int = 1,
    created_at: datetime = NOON,
    second_reading: SecondReading | None = None,
) -> EssayScore:
    return EssayScore(
        id=EssayScoreId(id or an_id()),
        assessment_id=assessment_id or an_id(),
        question_id=QuestionId(question_id or an_id()),
        score=score,
        criteria=tuple(map(a_criterion_score, CriterionName)) if criteria is None else criteria,
        feedback=feedback,
        flags=flags,
        provenance=provenance or a_provenance(),
        rubric_hash="c0ffee",
        question_version=question_version,
        attempt=attempt,
        created_at=created_at,
        second_reading=second_reading,
    )


def a_profile(*, overall_score: int = 72, confidence: float = 0.86) -> Profile:
    return Profile(
        overall_score=overall_score,
        band=Band.PROFICIENT,
        confidence=confidence,
        domain_breakdown=(DomainScore(domain="backend.databases", score=80, questions=2),),
        strengths=("Databases: You reason soundly about how data is stored.",),
        improvements=("APIs: Practise designing resources.",),
    )


def a_rescore(
    *,
    id: str | None = None,
    scope: RescoreScope = RescoreScope.TRACK,
    subject: str = TRACK,
    since: datetime | None = None,
    is_dry_run: bool = False,
    may_lower: bool = False,
    requested_by: str = "operator",
    requested_at: datetime = NOON,
) -> Rescore:
    return Rescore(
        id=RescoreId(id or an_id()),
        scope=scope,
        subject=subject,
        since=since,
        is_dry_run=is_dry_run,
        may_lower=may_lower,
        requested_by=requested_by,
        requested_at=requested_at,
    )


def a_rescored_essay(*, withheld: bool = False) -> RescoredEssay:
    return RescoredEssay(
        question_id=QuestionId(an_id()),
        before=7.3,
        after=6.0 if withheld else 7.3,
        verdict=Verdict.WITHHELD if withheld else Verdict.UNCHANGED,
        counts=False,
    )


def a_job(
    *,
    id: str | None = None,
    assessment_id: str | None = None,
    kind: JobKind = JobKind.RETRIEVE_CREDENTIALS,
    question_id: str | None = None,
    status: JobStatus = JobStatus.QUEUED,
    attempt: int = 0,
    lease_until: datetime | None = None,
    started_at: datetime | None = None,
    finished_at: datetime | None = None,
    output: Mapping[str, Any] | None = None,
) -> Job:
    return Job(
        id=JobId(id or an_id()),
        assessment_id=AssessmentId(assessment_id or an_id()),
        kind=kind,
        question_id=QuestionId(question_id) if question_id else None,
        status=status,
        attempt=attempt,
        lease_until=lease_until,
        started_at=started_at,
        finished_at=finished_at,
        output=output,
    )


def an_event(
    *,
    id: str | None = None,
    type: EventType = EventType.ASSESSMENT_SUBMITTED,
    student_id: str | None = None,
    sequence: int = 1,
    occurred_at: datetime = NOON,
    data: Mapping[str, Any] | None = None,
) -> Event:
    return Event(
        id=EventId(id or an_id()),
        type=type,
        student_id=UserId(student_id or an_id()),
        sequence=sequence,
        occurred_at=occurred_at,
        data={"assessmentId": an_id()} if data is None else data,
    )


def an_answered(*, question_id: str | None = None, position: int = 1) -> Answered:
    return Answered(
        track_id=TRACK,
        question_id=QuestionId(question_id or an_id()),
        question_version=1,
        question_type=QuestionType.ESSAY,
        domain="backend.databases",
        position=position,
    )


FACTS: Final[tuple[Fact, ...]] = (
    Started(
        track_id=TRACK, track_version=3, experience_level=Level.INTERMEDIATE, question_count=10
    ),
    an_answered(),
    Submitted(track_id=TRACK, question_count=10, answered_count=9),
    Completed(
        track_id=TRACK,
        overall_score=72,
        band=Band.PROFICIENT,
        confidence=0.86,
        domains=(DomainScore(domain="backend.databases", score=80, questions=2),),
        degraded_reasons=(DegradedReason.INCOMPLETE_DATA,),
        processing_ms=2140,
        recommendation_id=RecommendationId(an_id()),
        credential_ids=(CredentialId(an_id()),),
    ),
    FeedbackGiven(
        track_id=TRACK,
        feedback_id=FeedbackId(an_id()),
        replaces_feedback_id=None,
        recommendation_id=RecommendationId(an_id()),
        credential_id=CredentialId(an_id()),
        role=Role.ADVISOR,
        relevance=5,
        fit=4,
        accepted=None,
    ),
)
"""One of each type."""


def an_analytics_event(
    *,
    id: str | None = None,
    assessment_id: str | None = None,
    sequence: int = 1,
    occurred_at: datetime = NOON,
    fact: Fact = FACTS[0],
) -> AnalyticsEvent:
    return AnalyticsEvent(
        id=EventId(id or an_id()),
        assessment_id=AssessmentId(assessment_id or an_id()),
        sequence=sequence,
        occurred_at=occurred_at,
        fact=fact,
    )


def an_idempotency_key(
    *, scope: str = "ada", operation: str = "POST /this", key: str = "k", request_hash: str = "h"
) -> IdempotencyKey:
    return IdempotencyKey(scope=scope, operation=operation, key=key, request_hash=request_hash)


def a_webhook(
    *,
    id: str | None = None,
    url: str = "https://lms.example.org/assay",
    event_types: tuple[EventType, ...] = (),
    secret: str = "sealed",  # noqa: S107 - no secret
    disabled: DisabledReason | None = None,
    failing_since: datetime | None = None,
    created_at: datetime = NOON,
) -> Webhook:
    return Webhook(
        id=WebhookId(id or an_id()),
        url=url,
        description="The LMS",
        event_types=event_types,
        secret=SealedSecret(secret),
        created_at=created_at,
        disabled=disabled,
        failing_since=failing_since,
    )


def a_message(
    *,
    id: str | None = None,
    type: EventType = EventType.ASSESSMENT_SUBMITTED,
    student_id: str | None = None,
    sequence: int = 1,
    occurred_at: datetime = NOON,
    body: str = "{}",
) -> Message:
    return Message(
        id=EventId(id or an_id()),
        type=type,
        student_id=UserId(student_id or an_id()),
        sequence=sequence,
        occurred_at=occurred_at,
        body=body,
    )


def a_delivery(
    message: Message | None = None,
    webhook: Webhook | None = None,
    *,
    id: str | None = None,
    status: DeliveryStatus = DeliveryStatus.PENDING,
    attempts: int = 0,
    run: int = 0,
    due_at: datetime = NOON,
    lease_until: datetime | None = None,
) -> Delivery:
    message = message or a_message()
    return Delivery(
        id=DeliveryId(id or an_id()),
        webhook_id=webhook.id if webhook else WebhookId(an_id()),
        event_id=message.id,
        lane=message.lane,
        sequence=message.sequence,
        status=status,
        created_at=NOON,
        due_at=due_at,
        attempts=attempts,
        logged=attempts,
        run=run,
        lease_until=lease_until,
        finished_at=None if status is DeliveryStatus.PENDING else NOON,
    )


def a_reply(
    status: int | None = 200, *, retry_after: str | None = None, error: str | None = None
) -> Reply:
    return Reply(
        status=status,
        latency=timedelta(milliseconds=120),
        body="thanks",
        retry_after=retry_after,
        error=error,
    )


def a_credential(
    *,
    id: str | None = None,
    slug: str | None = None,
    title: str = "Databases for Developers",
    provider: str = "Example University",
    level: Level = Level.INTERMEDIATE,
    hours: float | None = 20.0,
    effort: str | None = None,
    format: CredentialFormat = CredentialFormat.COURSE,
    skills: tuple[str, ...] = ("sql", "transactions"),
    tracks: tuple[str, ...] = (TRACK,),
    description: str = "A course about relational databases. It ends with a project.",
    outcomes: tuple[str, ...] = ("Design a schema.", "Write queries that use indexes."),
) -> Credential:
    credential_id = id or an_id()
    slug = slug or f"credential-{credential_id}"
    return Credential(
        id=CredentialId(credential_id),
        slug=slug,
        title=title,
        provider=provider,
        url=f"https://example.org/{slug}",
        level=level,
        hours=hours,
        effort=effort,
        format=format,
        skills=skills,
        tracks=tracks,
        description=description,
        outcomes=outcomes,
    )


def an_acceptable_credential(
    *,
    id: str | None = None,
    slug: str | None = None,
    title: str = "Designing APIs",
    level: Level = Level.INTERMEDIATE,
    tracks: tuple[str, ...] = (TRACK,),
    description: str = "A course about interfaces that live long. It ends with a project.",
) -> Credential:
    """Return one that no rule of the seeds refuses."""
    credential = a_credential(
        id=id,
        slug=slug,
        title=title,
        level=level,
        tracks=tracks,
        description=description,
        outcomes=(f"Design an interface as {title} says.",),
    )
    url = f"https://university.edu/{credential.slug}"
    return replace(credential, url=url, source="provider page")


def a_recommendation_item(
    *, rank: int = 1, credential: Credential | None = None, why: str = "It closes your gap in SQL."
) -> RecommendationItem:
    return RecommendationItem(
        rank=rank,
        credential=credential or a_credential(),
        score=0.83,
        vector_similarity=0.71,
        text_score=0.4,
        why=why,
        sources=(Source(field="outcomes", snippet="Design a schema.", similarity=0.71),),
    )


def a_recommendation(
    *,
    id: str | None = None,
    assessment_id: str | None = None,
    summary: str = "You know databases; learn to design APIs next.",
    items: tuple[RecommendationItem, ...] | None = None,
    provenance: Provenance | None = None,
    created_at: datetime = NOON,
    ranking: tuple[TracedCandidate, ...] = (),
) -> Recommendation:
    return Recommendation(
        id=RecommendationId(id or an_id()),
        assessment_id=assessment_id or an_id(),
        summary=summary,
        items=(a_recommendation_item(),) if items is None else items,
        trace=Trace(
            query="sql, transactions",
            embedding_model="wordllama",
            candidates=24,
            filters={"track": TRACK, "level": "intermediate"},
            ranking=ranking,
        ),
        provenance=provenance or a_provenance(prompt_version="summarize.v1"),
        created_at=created_at,
    )


def a_rating(
    *,
    relevance: int = 4,
    fit: int = 3,
    accepted: bool | None = True,
    comment: str | None = "Just what I was looking for.",
) -> Rating:
    return Rating(relevance=relevance, fit=fit, accepted=accepted, comment=comment)


def feedback_on(
    recommendation: Recommendation,
    *,
    id: str | None = None,
    item: RecommendationItem | None = None,
    author_id: str | None = None,
    author_role: Role = Role.STUDENT,
    revision: int = 1,
    rating: Rating | None = None,
    created_at: datetime = NOON,
) -> Feedback:
    """On the recommendation as a whole, or on one item of it."""
    return Feedback(
        id=FeedbackId(id or an_id()),
        recommendation_id=recommendation.id,
        credential_id=item.credential.id if item else None,
        author_id=UserId(author_id or an_id()),
        author_role=author_role,
        revision=revision,
        rating=rating or a_rating(),
        created_at=created_at,
    )


def a_verdict_on(
    recommendation: Recommendation,
    *,
    id: str | None = None,
    item: RecommendationItem | None = None,
    author_id: str | None = None,
    author_role: Role = Role.ADVISOR,
    revision: int = 1,
    accepted: bool = False,
    reason: str | None = "You hold this certificate already.",
    created_at: datetime = NOON,
) -> ItemVerdict:
    """On the first item, unless another is named."""
    return ItemVerdict(
        id=VerdictId(id or an_id()),
        recommendation_id=recommendation.id,
        credential_id=(item or recommendation.items[0]).credential.id,
        author_id=UserId(author_id or an_id()),
        author_role=author_role,
        revision=revision,
        accepted=accepted,
        reason=reason,
        created_at=created_at,
    )


def a_traced_candidate(credential: Credential, *, rank: int = 1) -> TracedCandidate:
    return TracedCandidate(
        rank=rank,
        credential_id=credential.id,
        title=credential.title,
        relevance=0.731,
        vector_rank=5,
        vector_similarity=0.64,
        text_rank=None,
        text_score=None,
    )


def later(seconds: float) -> datetime:
    """Return a moment after noon."""
    return NOON + timedelta(seconds=seconds)
