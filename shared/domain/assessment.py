"""One student's run through a bundle of questions, from start to result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Self

from shared.domain.accommodations import NO_ACCOMMODATIONS, Accommodations
from shared.domain.consent import NOT_ASKED, AiScoring, Consent
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.errors import (
    AiScoringDeclinedError,
    AlreadySubmittedError,
    AssessmentExpiredError,
    AssessmentNotFailedError,
    IncompleteAssessmentError,
    InvalidInputError,
    UnknownQuestionError,
)
from shared.domain.level import Level
from shared.domain.question import Question, QuestionId
from shared.domain.track import TrackId
from shared.domain.user import UserId

AssessmentId = NewType("AssessmentId", str)

LIFETIME: Final = timedelta(days=7)
"""A student may begin on Monday and finish on Sunday."""
MAX_TEXT_LENGTH: Final = 10_000


class AssessmentStatus(StrEnum):
    IN_PROGRESS = "in_progress"
    SCORING = "scoring"
    IN_REVIEW = "in_review"
    """The student declined AI scoring, and people are reading the essays. It may take days."""
    COMPLETED = "completed"
    FAILED = "failed"
    EXPIRED = "expired"


NOT_FAILED: Final[Mapping[AssessmentStatus, str]] = {
    AssessmentStatus.IN_PROGRESS: "it was not submitted; its student has to do that",
    AssessmentStatus.SCORING: "it is being scored; follow its status",
    AssessmentStatus.IN_REVIEW: "people are reading its essays, which wait in the review queue",
    AssessmentStatus.COMPLETED: "it is completed; read its result",
    AssessmentStatus.EXPIRED: "it expired before it was submitted; its student may start a new one",
}
"""What there is to do in place of a retry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Either chosen option ids or a text; which of the two the question decides."""

    selected: tuple[str, ...] = ()
    text: str | None = None

    @property
    def is_blank(self) -> bool:
        return not self.selected and not (self.text or "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    question_id: QuestionId
    answer: Answer
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A question as it was when the assessment started; immutable from then on."""

    position: int
    """From 1."""
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    id: AssessmentId
    student_id: UserId
    track_id: TrackId
    track_version: int
    experience_level: Level
    status: AssessmentStatus
    started_at: datetime
    expires_at: datetime
    submitted_at: datetime | None = None
    completed_at: datetime | None = None
    degradations: tuple[Degradation, ...] = ()
    accommodations: Accommodations = NO_ACCOMMODATIONS
    """What is in force here; `expires_at` has its extra days in it."""
    accommodations_version: int | None = None
    """The version of the student's accommodations that it was started with, and keeps naming."""
    consent: Consent = NOT_ASKED
    """To AI scoring; what it is at submission stands."""

    @property
    def is_accommodated(self) -> bool:
        """Whether time limits or deadline are other than everybody's."""
        return self.accommodations != NO_ACCOMMODATIONS

    @property
    def processing_ms(self) -> int:
        """From submission to completion; 0 before."""
        if self.submitted_at is None or self.completed_at is None:
            return 0
        return round((self.completed_at - self.submitted_at).total_seconds() * 1000)

    @property
    def is_read_by_people(self) -> bool:
        """Whether no engine may read the essays."""
        return self.consent.decision is AiScoring.DECLINED

    def ensure_engines_may_read(self) -> None:
        """Raise `AiScoringDeclinedError` where people alone may."""
        if self.is_read_by_people:
            raise AiScoringDeclinedError(
                "the student declined AI scoring; a person marks the essays of this assessment"
            )

    def as_started(self, granted: Accommodations) -> Self:
        """Return it with the deadline and time limits that `granted` gave it at its start."""
        return replace(self, expires_at=deadline(self.started_at, granted), accommodations=granted)

    def asks(self, snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
        """Return the questions as the student is shown them; what is stored stays as it is."""
        return tuple(
            replace(
                snapshot,
                question=replace(
                    snapshot.question,
                    time_limit_seconds=self.accommodations.time_limit(
                        snapshot.question.time_limit_seconds
                    ),
                ),
            )
            for snapshot in snapshots
        )

    def status_at(self, now: datetime) -> AssessmentStatus:
        """An open assessment whose time is up is expired, whether or not a row says so yet."""
        if self.status is AssessmentStatus.IN_PROGRESS and now >= self.expires_at:
            return AssessmentStatus.EXPIRED
        return self.status

    def ensure_open(self, now: datetime) -> None:
        """Raise unless answers may still be saved."""
        match self.status_at(now):
            case AssessmentStatus.IN_PROGRESS:
                return
            case AssessmentStatus.EXPIRED:
                raise AssessmentExpiredError(
                    f"the assessment expired at {self.expires_at.isoformat()}; start a new one"
                )
            case _:
                raise AlreadySubmittedError(
                    "the assessment was submitted and its responses are locked; read its status"
                )

    def submit(self, now: datetime) -> Self:
        self.ensure_open(now)
        status = AssessmentStatus.IN_REVIEW if self.is_read_by_people else AssessmentStatus.SCORING
        return replace(self, status=status, submitted_at=now)

    def decide(self, consent: Consent, now: datetime) -> Self:
        """Change what the student says of AI scoring, while nothing has been read yet."""
        self.ensure_open(now)
        return replace(self, consent=consent)

    def degrade(self, *degradations: Degradation) -> Self:
        """Add reasons, each kind once per question: a second fault of the same kind is one fact."""
        first: dict[tuple[DegradedReason, str | None], Degradation] = {}
        for degradation in (*self.degradations, *degradations):
            first.setdefault((degradation.reason, degradation.question_id), degradation)
        return replace(self, degradations=tuple(first.values()))

    def heal(self, question_id: str) -> Self:
        """Take back that the essay was marked by a fallback: what it is marked by now is none."""
        return replace(
            self,
            degradations=tuple(
                d
                for d in self.degradations
                if (d.reason, d.question_id) != (DegradedReason.ESSAY_SCORING_FALLBACK, question_id)
            ),
        )

    def complete(self, now: datetime) -> Self:
        return replace(self, status=AssessmentStatus.COMPLETED, completed_at=now)

    def fail(self) -> Self:
        return replace(self, status=AssessmentStatus.FAILED)

    def close(self) -> Self:
        """End what still runs, for a student who will not come back; the rest stays as it is."""
        match self.status:
            case AssessmentStatus.IN_PROGRESS:
                return replace(self, status=AssessmentStatus.EXPIRED)
            case AssessmentStatus.SCORING | AssessmentStatus.IN_REVIEW:
                return self.fail()
            case _:
                return self

    def retry(self, now: datetime) -> Self:
        """Return it as being scored again, or raise unless its scoring failed."""
        status = self.status_at(now)
        if status is not AssessmentStatus.FAILED:
            raise AssessmentNotFailedError(
                f"only a failed assessment is retried, and this one is not: {NOT_FAILED[status]}"
            )
        self.ensure_engines_may_read()
        return replace(self, status=AssessmentStatus.SCORING)


def deadline(started_at: datetime, granted: Accommodations) -> datetime:
    return started_at + LIFETIME + granted.extra_time


def check_answer(question: Question, answer: Answer, *, pointer: str) -> None:
    """Raise `InvalidInputError` unless the answer is of the question's kind.

    A blank answer is accepted: clearing an answer is a way of changing one's mind.
    """
    if question.takes_text:
        _check_text(question, answer, pointer)
    else:
        _check_selection(question, answer, pointer)


def _check_text(question: Question, answer: Answer, pointer: str) -> None:
    if answer.selected or answer.text is None:
        raise InvalidInputError(
            'this question is answered with {"text": "…"}', pointer=f"{pointer}/text"
        )
    limit = min(question.max_length or MAX_TEXT_LENGTH, MAX_TEXT_LENGTH)
    if len(answer.text) > limit:
        raise InvalidInputError(
            f"the text has {len(answer.text)} characters; at most {limit} are allowed",
            pointer=f"{pointer}/text",
        )


def _check_selection(question: Question, answer: Answer, pointer: str) -> None:
    pointer = f"{pointer}/selected"
    if answer.text is not None:
        raise InvalidInputError(
            'this question is answered with {"selected": ["…"]}', pointer=pointer
        )
    if len(set(answer.selected)) != len(answer.selected):
        raise InvalidInputError("an option is named twice", pointer=pointer)
    known = [o.id for o in question.options]
    unknown = sorted(set(answer.selected) - set(known))
    if unknown:
        raise InvalidInputError(
            f"unknown options {', '.join(unknown)}; the options are {', '.join(known)}",
            pointer=pointer,
        )
    if len(answer.selected) > 1 and not question.multiple:
        raise InvalidInputError("this question takes one option", pointer=pointer)


def question_of(snapshots: Iterable[Snapshot], question_id: str, *, pointer: str) -> Question:
    """Return the question as this assessment asked it, or raise `UnknownQuestionError`."""
    for snapshot in snapshots:
        if snapshot.question.id == question_id:
            return snapshot.question
    raise UnknownQuestionError(
        f"question {question_id} is not part of this assessment", pointer=pointer
    )


def unanswered(
    snapshots: Iterable[Snapshot], responses: Mapping[QuestionId, Response]
) -> tuple[Snapshot, ...]:
    """Return what is still to be answered, in order; a blank answer is no answer."""
    return tuple(
        s for s in snapshots if (r := responses.get(s.question.id)) is None or r.answer.is_blank
    )


def ensure_complete(missing: tuple[Snapshot, ...], *, allow_incomplete: bool) -> None:
    if missing and not allow_incomplete:
        raise IncompleteAssessmentError(
            f"{len(missing)} of the questions have no answer; answer them, or submit with "
            '{"allowIncomplete": true}',
            missing=tuple(s.question.id for s in missing),
        )
