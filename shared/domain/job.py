"""Asynchronous jobs: the lock that makes a redelivered message harmless."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from shared.domain.assessment import AssessmentId, Snapshot
from shared.domain.question import QuestionId, QuestionType

JobId = NewType("JobId", str)


class JobKind(StrEnum):
    SCORE_ESSAY = "score_essay"
    RETRIEVE_CREDENTIALS = "retrieve_credentials"
    FUSE_RESULTS = "fuse_results"


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FELL_BACK = "fell_back"
    """Done by the fallback: the result stands, and a late worker must not replace it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work of one assessment; (assessment, kind, question) is unique."""

    id: JobId
    assessment_id: AssessmentId
    kind: JobKind
    question_id: QuestionId | None
    status: JobStatus
    attempt: int
    lease_until: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    output: Mapping[str, Any] | None
    """What the job answered; ids and numbers, never a student's words."""

    @property
    def is_done(self) -> bool:
        return self.status in {JobStatus.SUCCEEDED, JobStatus.FELL_BACK}


def jobs_of(
    assessment_id: AssessmentId, snapshots: Iterable[Snapshot], *, new_id: Callable[[], str]
) -> list[Job]:
    """Return what the pipeline has to do for an assessment with these questions."""
    essays = [s.question.id for s in snapshots if s.question.type is QuestionType.ESSAY]
    return [
        Job(
            id=JobId(new_id()),
            assessment_id=assessment_id,
            kind=kind,
            question_id=question_id,
            status=JobStatus.QUEUED,
            attempt=0,
            lease_until=None,
            started_at=None,
            finished_at=None,
            output=None,
        )
        for kind, question_id in [
            *((JobKind.SCORE_ESSAY, question_id) for question_id in essays),
            (JobKind.RETRIEVE_CREDENTIALS, None),
            (JobKind.FUSE_RESULTS, None),
        ]
    ]


def output_of(jobs: Iterable[Job], kind: JobKind) -> Mapping[str, Any]:
    """Return what the finished job of this kind handed on.

    Raises:
        LookupError: there is none, so an earlier step of the pipeline was skipped.
    """
    for job in jobs:
        if job.kind is kind and job.output is not None:
            return job.output
    raise LookupError(f"no finished {kind} job")
