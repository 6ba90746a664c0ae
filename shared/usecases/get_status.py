"""Tell how far the scoring of an assessment has come."""

from dataclasses import dataclass

from shared.domain.access import ensure_reader
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.job import JobKind
from shared.domain.progress import (
    Progress,
    Reading,
    progress_by_people,
    progress_of,
    reading_of,
)
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.store import Store

SAMPLE = 20
"""Finished jobs of a kind that the estimate rests on: enough for a median, few enough to be new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentProgress:
    assessment: Assessment
    status: AssessmentStatus
    progress: Progress
    reading: Reading | None = None
    """Where people read the essays: how far they have come."""


def get_status(
    assessment_id: AssessmentId, caller: Caller, *, store: Store, clock: Clock
) -> AssessmentProgress:
    with store.begin() as repositories:
        assessment = repositories.assessments.get(assessment_id)
        ensure_reader(assessment, caller)
        if assessment.is_read_by_people and assessment.submitted_at is not None:
            reading = reading_of(repositories.assessments.essay_scores(assessment_id))
            return AssessmentProgress(
                assessment=assessment,
                status=assessment.status,
                progress=progress_by_people(assessment, reading),
                reading=reading,
            )
        jobs = repositories.jobs.of_assessment(assessment_id)
        typical: dict[JobKind, float] = {}
        for kind in {j.kind for j in jobs if not j.is_done}:
            seconds = repositories.jobs.typical_seconds(kind, sample=SAMPLE)
            if seconds is not None:
                typical[kind] = seconds
    return AssessmentProgress(
        assessment=assessment,
        status=assessment.status_at(clock.now()),
        progress=progress_of(assessment, jobs, typical),
    )
