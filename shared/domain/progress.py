"""How far the scoring of an assessment has come, as a student would want to see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.domain.assessment import Assessment, AssessmentStatus
from shared.domain.essay import EssayScore
from shared.domain.job import Job, JobKind, JobStatus

SHARE: Final[Mapping[JobKind, int]] = {
    JobKind.SCORE_ESSAY: 60,
    JobKind.RETRIEVE_CREDENTIALS: 15,
    JobKind.FUSE_RESULTS: 15,
}
"""Percent of the whole that each kind of job is, after 10 for the rule scores: about its share of
the time with a model behind it."""
RULES_SHARE: Final = 10
UNMEASURED_SECONDS: Final = 5.0
"""Assumed for a kind of job that this deployment has never finished."""


class StageName(StrEnum):
    RULE_SCORING = "rule_scoring"
    ESSAY_SCORING = "essay_scoring"
    RECOMMENDATIONS = "recommendations"


class StageState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    name: StageName
    state: StageState
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    percent: int
    stages: tuple[Stage, ...]
    estimated_seconds_remaining: int | None
    """None when nothing is running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How far people have come with the essays that no engine may read."""

    essays: int
    marked: int


def reading_of(newest: Sequence[EssayScore]) -> Reading:
    """Count by the newest score of each essay."""
    return Reading(essays=len(newest), marked=sum(not score.is_unread for score in newest))


NOT_BEGUN: Final = Progress(
    percent=0,
    stages=tuple(Stage(name=n, state=StageState.PENDING) for n in StageName),
    estimated_seconds_remaining=None,
)


def progress_by_people(assessment: Assessment, reading: Reading) -> Progress:
    """Return the progress where people read the essays: nobody says how long they take."""
    if assessment.submitted_at is None:
        return NOT_BEGUN
    essays, rest = StageState.RUNNING, StageState.PENDING
    finished_at = None
    percent = RULES_SHARE + SHARE[JobKind.SCORE_ESSAY] * reading.marked // max(1, reading.essays)
    match assessment.status:
        case AssessmentStatus.COMPLETED:
            essays = rest = StageState.COMPLETED
            finished_at, percent = assessment.completed_at, 100
        case AssessmentStatus.FAILED:
            essays = rest = StageState.FAILED
    return Progress(
        percent=percent,
        stages=(
            _rules_done(assessment.submitted_at),
            Stage(
                name=StageName.ESSAY_SCORING,
                state=essays,
                started_at=assessment.submitted_at,
                finished_at=finished_at,
            ),
            Stage(name=StageName.RECOMMENDATIONS, state=rest, finished_at=finished_at),
        ),
        estimated_seconds_remaining=None,
    )


def _rules_done(submitted_at: datetime) -> Stage:
    return Stage(
        name=StageName.RULE_SCORING,
        state=StageState.COMPLETED,
        started_at=submitted_at,
        finished_at=submitted_at,
    )


def progress_of(
    assessment: Assessment, jobs: Sequence[Job], typical_seconds: Mapping[JobKind, float]
) -> Progress:
    submitted_at = assessment.submitted_at
    if submitted_at is None:
        return NOT_BEGUN
    essays = [j for j in jobs if j.kind is JobKind.SCORE_ESSAY]
    rest = [j for j in jobs if j.kind is not JobKind.SCORE_ESSAY]
    is_completed = assessment.status is AssessmentStatus.COMPLETED
    is_failed = assessment.status is AssessmentStatus.FAILED
    essay_stage = _stage(StageName.ESSAY_SCORING, essays, is_failed=is_failed)
    last_stage = _stage(StageName.RECOMMENDATIONS, rest, is_failed=is_failed)
    if is_completed:
        last_stage = Stage(
            name=StageName.RECOMMENDATIONS,
            state=StageState.COMPLETED,
            started_at=last_stage.started_at,
            finished_at=assessment.completed_at,
        )
    elif last_stage.state is StageState.COMPLETED:
        # All jobs are done, and the profile is about to be written, or could not be.
        last_stage = Stage(
            name=last_stage.name,
            state=StageState.FAILED if is_failed else StageState.RUNNING,
            started_at=last_stage.started_at,
        )
    return Progress(
        percent=100 if is_completed else _percent(jobs),
        stages=(_rules_done(submitted_at), essay_stage, last_stage),
        estimated_seconds_remaining=(
            None if is_completed or is_failed else _remaining(jobs, typical_seconds)
        ),
    )


def _stage(name: StageName, jobs: Sequence[Job], *, is_failed: bool) -> Stage:
    started = [j.started_at for j in jobs if j.started_at]
    finished = [j.finished_at for j in jobs if j.finished_at]
    # Of a failure that is long past the jobs are gone, and with them how far it had come.
    if all(j.is_done for j in jobs) and not (is_failed and not jobs):
        state = StageState.COMPLETED
    elif is_failed:
        state = StageState.FAILED
    else:
        state = StageState.RUNNING if started else StageState.PENDING
    return Stage(
        name=name,
        state=state,
        started_at=min(started, default=None),
        finished_at=max(finished, default=None) if state is StageState.COMPLETED else None,
    )


def _percent(jobs: Sequence[Job]) -> int:
    """Never 100 before the result can be read."""
    total = float(RULES_SHARE)
    for kind, share in SHARE.items():
        members = [j for j in jobs if j.kind is kind]
        done = sum(_done_share(j) for j in members) / len(members) if members else 1.0
        total += share * done
    return min(99, int(total))


def _done_share(job: Job) -> float:
    if job.is_done:
        return 1.0
    return 0.3 if job.status is JobStatus.RUNNING else 0.0


def _remaining(jobs: Iterable[Job], typical_seconds: Mapping[JobKind, float]) -> int:
    """Essays run side by side, so each kind that is not done counts once."""
    kinds = {j.kind for j in jobs if not j.is_done}
    return max(1, round(sum(typical_seconds.get(k, UNMEASURED_SECONDS) for k in kinds)))
