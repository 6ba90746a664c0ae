"""What the domain's own tests build besides `tests.builders`."""

from shared.domain.essay import CriterionMark, EssayMarks
from shared.domain.job import Job, JobKind, JobStatus
from shared.domain.level import Level
from shared.domain.question import CriterionName
from shared.domain.recommendation import Credential, Gap, Situation
from shared.domain.retrieval import Candidate
from shared.domain.track import TrackId
from shared.domain.user import Caller, Role, SessionId, UserId
from tests.builders import TRACK, a_credential, a_job, a_provenance, later


def a_caller(
    *, user_id: str = "usr_1", role: Role = Role.STUDENT, assessment_id: str | None = None
) -> Caller:
    return Caller(
        user_id=UserId(user_id),
        session_id=SessionId("ses_1"),
        role=role,
        assessment_id=assessment_id,
    )


def a_mark(
    name: CriterionName = CriterionName.ACCURACY,
    *,
    score: float = 8.0,
    quotes: tuple[str, ...] = (),
    unsure: bool = False,
) -> CriterionMark:
    return CriterionMark(
        name=name,
        score=score,
        feedback="You name atomicity.",
        next_level="Say what happens on failure.",
        quotes=quotes,
        unsure=unsure,
    )


def marks_of(*criteria: CriterionMark, flags: tuple[str, ...] = ()) -> EssayMarks:
    return EssayMarks(
        criteria=criteria, feedback="A sound answer.", flags=flags, provenance=a_provenance()
    )


def a_situation(
    *,
    level: Level = Level.INTERMEDIATE,
    focus: tuple[str, ...] = ("sql", "rest-api-design"),
    interests: tuple[str, ...] = (),
    gaps: dict[str, float] | None = None,
) -> Situation:
    """`gaps` maps skills to severities, worst first."""
    return Situation(
        track_id=TrackId(TRACK),
        level=level,
        focus=focus,
        interests=interests,
        gaps=tuple(Gap(skill=s, severity=severity) for s, severity in (gaps or {}).items()),
    )


def a_candidate(
    slug: str = "course",
    *,
    relevance: float = 1.0,
    skills: tuple[str, ...] = (),
    provider: str | None = None,
    level: Level = Level.INTERMEDIATE,
    credential: Credential | None = None,
) -> Candidate:
    """Each has a provider of its own unless told otherwise."""
    return Candidate(
        credential=credential
        or a_credential(
            id=slug, slug=slug, skills=skills, provider=provider or f"P-{slug}", level=level
        ),
        relevance=relevance,
        vector_similarity=0.5,
        text_score=None,
    )


def jobs_of(
    *, essays: tuple[JobStatus, ...], retrieval: JobStatus, fusion: JobStatus
) -> tuple[Job, ...]:
    """Return jobs that started 1, 2, … seconds after noon and, where done, took 10 s."""
    kinds = [
        *((JobKind.SCORE_ESSAY, status) for status in essays),
        (JobKind.RETRIEVE_CREDENTIALS, retrieval),
        (JobKind.FUSE_RESULTS, fusion),
    ]
    return tuple(
        a_job(
            kind=kind,
            status=status,
            started_at=None if status is JobStatus.QUEUED else later(number),
            finished_at=(
                later(number + 10) if status in {JobStatus.SUCCEEDED, JobStatus.FELL_BACK} else None
            ),
        )
        for number, (kind, status) in enumerate(kinds, start=1)
    )
