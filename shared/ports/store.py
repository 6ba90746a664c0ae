"""The system of record: repositories over one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from shared.domain.assessment import Assessment, AssessmentId, Response, Snapshot
from shared.domain.essay import EssayScore, Usage
from shared.domain.event import Event, EventId, EventType
from shared.domain.job import Job, JobId, JobKind, JobStatus
from shared.domain.level import Level
from shared.domain.question import Question, QuestionId
from shared.domain.recommendation import Credential, CredentialId, Hit, Recommendation
from shared.domain.scoring import Profile, RuleScore
from shared.domain.session import Session
from shared.domain.track import Track, TrackId
from shared.domain.user import SessionId, User, UserId


class UserRepository(Protocol):
    def add(self, user: User) -> None:
        """Insert the user, or raise `EmailTakenError`."""
        ...

    def get(self, user_id: UserId) -> User:
        """Return the user, or raise `NotFoundError`."""
        ...

    def find_by_email(self, email: str) -> User | None:
        """Return the user with this folded e-mail address."""
        ...


class SessionRepository(Protocol):
    def add(self, session: Session) -> None: ...

    def get(self, session_id: SessionId) -> Session:
        """Return the session, or raise `NotFoundError`."""
        ...

    def lock(self, session_id: SessionId) -> Session:
        """Return the session, locked until the transaction ends, or raise `NotFoundError`."""
        ...

    def save(self, session: Session) -> None:
        """Replace generation and revocation of the session with this id."""
        ...


class Change(StrEnum):
    """What storing a seed did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class TrackRepository(Protocol):
    def active(self) -> tuple[Track, ...]:
        """Return the current version of every active track, by name."""
        ...

    def get(self, track_id: TrackId) -> Track:
        """Return the current version of an active track, or raise `NotFoundError`."""
        ...

    def get_version(self, track_id: TrackId, version: int) -> Track:
        """Return one version, active or not, or raise `NotFoundError`."""
        ...

    def put(self, track: Track, *, content_hash: str) -> Change:
        """Store the track as its next version, unless the current one has this hash.

        `track.version` is ignored.
        """
        ...


class QuestionRepository(Protocol):
    def pool(self, track_id: TrackId) -> tuple[Question, ...]:
        """Return the current version of every active question of the track, by slug."""
        ...

    def put(self, question: Question, *, content_hash: str) -> Change:
        """Store the question as the next version of its slug, unless the hash is the current one.

        `question.id` is used for a new slug only; `question.version` is ignored. A question that
        was deactivated becomes active again.
        """
        ...

    def deactivate_all_but(self, track_id: TrackId, slugs: Iterable[str]) -> int:
        """Deactivate the other questions of the track; return how many that were active."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of assessments, newest first; `next_cursor` is None on the last."""

    items: tuple[Assessment, ...]
    next_cursor: AssessmentId | None


class AssessmentRepository(Protocol):
    def add(self, assessment: Assessment, snapshots: Sequence[Snapshot]) -> None: ...

    def get(self, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment, or raise `NotFoundError`."""
        ...

    def lock(self, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment, locked until the transaction ends, or raise `NotFoundError`."""
        ...

    def save(self, assessment: Assessment) -> None:
        """Replace status, times and degradations of the assessment with this id."""
        ...

    def snapshots(self, assessment_id: AssessmentId) -> tuple[Snapshot, ...]:
        """Return the questions as asked, by position."""
        ...

    def responses(self, assessment_id: AssessmentId) -> Mapping[QuestionId, Response]: ...

    def save_responses(self, assessment_id: AssessmentId, responses: Sequence[Response]) -> None:
        """Insert each response, or replace the one to the same question."""
        ...

    def page_of(self, student_id: UserId, *, limit: int, after: AssessmentId | None) -> Page: ...

    def save_profile(self, assessment_id: AssessmentId, profile: Profile) -> None:
        """Insert the profile, or replace the one of this assessment."""
        ...

    def profile(self, assessment_id: AssessmentId) -> Profile | None: ...

    def add_rule_scores(self, assessment_id: AssessmentId, scores: Sequence[RuleScore]) -> None: ...

    def rule_scores(self, assessment_id: AssessmentId) -> tuple[RuleScore, ...]:
        """Return the marks in the order of their questions."""
        ...

    def add_essay_score(self, score: EssayScore) -> None:
        """Append a scoring event; its (question, attempt) must be new to the assessment."""
        ...

    def essay_scores(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        """Return the newest score of each essay, in the order of their questions."""
        ...

    def mark_pipeline_started(
        self, assessment_id: AssessmentId, *, run: int, at: datetime
    ) -> None: ...

    def pipeline_run(self, assessment_id: AssessmentId) -> int:
        """Return the number of the newest run that is known to have started; 0 for none."""
        ...

    def stuck(
        self, *, unstarted_before: datetime, running_before: datetime, limit: int
    ) -> tuple[AssessmentId, ...]:
        """Return assessments in `scoring` that want a look, oldest first.

        Those submitted before `unstarted_before` without a run that is known to have started, and
        those whose newest run started before `running_before`.
        """
        ...


class JobRepository(Protocol):
    def add(self, jobs: Sequence[Job]) -> None:
        """Insert the jobs; one whose (assessment, kind, question) exists already is left alone."""
        ...

    def get(self, job_id: JobId) -> Job:
        """Return the job, or raise `NotFoundError`."""
        ...

    def claim(self, job_id: JobId, *, now: datetime, lease: timedelta) -> Job:
        """Take the job: running, the next attempt, leased until `now + lease`.

        A job that is done is returned as it is. Raises `JobBusyError` while another worker's
        lease holds, `NotFoundError` for an unknown id. One conditional UPDATE, so that of two
        workers one wins.
        """
        ...

    def finish(
        self,
        job_id: JobId,
        *,
        attempt: int,
        status: JobStatus,
        output: Mapping[str, Any],
        now: datetime,
    ) -> bool:
        """Store the outcome if `attempt` is still the newest and the job is not done.

        Return whether it was stored. A worker that gets False lost its lease: it must roll back.
        """
        ...

    def release(self, job_id: JobId, *, attempt: int) -> None:
        """End the lease of a failed attempt, so that the next one need not wait for it."""
        ...

    def of_assessment(self, assessment_id: AssessmentId) -> tuple[Job, ...]:
        """Return all jobs of the assessment, by kind and question."""
        ...

    def typical_seconds(self, kind: JobKind, *, sample: int) -> float | None:
        """Return the median run time of the newest `sample` finished jobs; None without any."""
        ...


class OutboxRepository(Protocol):
    def append(
        self,
        type: EventType,
        student_id: UserId,
        data: Mapping[str, Any],
        *,
        event_id: EventId,
        at: datetime,
    ) -> Event:
        """Add an event with the student's next sequence number.

        Locks the student's counter until the transaction ends, so that numbers have no gaps.
        """
        ...

    def unsent(self, *, limit: int) -> tuple[Event, ...]:
        """Return unsent events, oldest first, locked; those locked by another are passed over."""
        ...

    def mark_sent(self, event_ids: Iterable[EventId], *, at: datetime) -> None: ...


class CredentialRepository(Protocol):
    def put(self, credential: Credential, *, content_hash: str) -> Change:
        """Store the credential, unless it has this hash. `credential.id` is for new slugs only."""
        ...

    def deactivate_all_but(self, slugs: Iterable[str]) -> int: ...

    def get_many(self, ids: Sequence[CredentialId]) -> tuple[Credential, ...]:
        """Return those that exist, in the order of `ids`."""
        ...

    def without_embedding(self, model: str) -> tuple[Credential, ...]:
        """Return active credentials whose present text has no embedding of this model."""
        ...

    def put_embeddings(self, model: str, vectors: Mapping[CredentialId, Sequence[float]]) -> None:
        """Store vectors of unit length for the present text of each credential."""
        ...

    def search_vector(
        self,
        vector: Sequence[float],
        *,
        model: str,
        track_id: TrackId,
        levels: Sequence[Level],
        limit: int,
    ) -> tuple[Hit, ...]:
        """Return the nearest active credentials by cosine similarity, best first."""
        ...

    def search_text(
        self, words: Sequence[str], *, track_id: TrackId, levels: Sequence[Level], limit: int
    ) -> tuple[Hit, ...]:
        """Return active credentials that match any of the words, best first (`ts_rank_cd`)."""
        ...

    def of_track(
        self, track_id: TrackId, *, levels: Sequence[Level], limit: int
    ) -> tuple[Credential, ...]:
        """Return active credentials of the track and levels, by slug."""
        ...


class RecommendationRepository(Protocol):
    def add(self, recommendation: Recommendation) -> None:
        """Insert the recommendation with its items and trace; an assessment has one."""
        ...

    def of_assessment(self, assessment_id: AssessmentId) -> Recommendation | None: ...


class UsageRepository(Protocol):
    def record(
        self,
        assessment_id: AssessmentId,
        *,
        purpose: str,
        model: str,
        usage: Usage,
        at: datetime,
    ) -> None:
        """Count one model prompt and its tokens."""
        ...

    def prompts_of(self, assessment_id: AssessmentId) -> int:
        """Return how many prompts the assessment has cost so far."""
        ...

    def tokens_since(self, since: datetime) -> int: ...


class IdempotencyRepository(Protocol):
    def claim(
        self,
        *,
        scope: str,
        operation: str,
        key: str,
        request_hash: str,
        resource_id: str,
        now: datetime,
    ) -> str:
        """Bind the key to `resource_id` and return it, or return what it was bound to before.

        Waits for another transaction that is binding the same key. Raises
        `IdempotencyConflictError` when the key came with another request.
        """
        ...

    def forget_before(self, before: datetime) -> int: ...


class AuditRepository(Protocol):
    def append(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, Any],
        at: datetime,
    ) -> None:
        """Add a row to the hash chain; `details` holds ids and values, never identities."""
        ...

    def verify(self) -> int | None:
        """Walk the chain and return the number of the first row that does not fit, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    """The repositories of one transaction."""

    users: UserRepository
    sessions: SessionRepository
    tracks: TrackRepository
    questions: QuestionRepository
    assessments: AssessmentRepository
    jobs: JobRepository
    outbox: OutboxRepository
    credentials: CredentialRepository
    recommendations: RecommendationRepository
    usage: UsageRepository
    idempotency: IdempotencyRepository
    audit: AuditRepository


class Store(Protocol):
    def begin(self) -> AbstractContextManager[Repositories]:
        """Open a transaction: a clean exit commits it, an exception rolls it back.

        Raises `StoreUnavailableError` when the database cannot be reached.
        """
        ...

    def ping(self) -> None:
        """Return if the database answers, or raise `StoreUnavailableError`."""
        ...
