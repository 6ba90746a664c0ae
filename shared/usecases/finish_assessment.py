"""Finish: write profile and recommendation, and tell the world."""

from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.job import JobKind, output_of
from shared.domain.job_output import read_retrieval, read_summary
from shared.ports.clock import Clock
from shared.ports.completed_assessment import complete_assessment, count_completed
from shared.ports.ids import Ids
from shared.ports.metrics import Metrics
from shared.ports.store import Store


def finish_assessment(
    assessment_id: AssessmentId, *, store: Store, ids: Ids, clock: Clock, metrics: Metrics
) -> None:
    """Complete the assessment; one that is completed already is left alone."""
    now = clock.now()
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(assessment_id)
        if assessment.status is not AssessmentStatus.SCORING:
            return
        jobs = repositories.jobs.of_assessment(assessment.id)
        completed = complete_assessment(
            assessment,
            read_retrieval(output_of(jobs, JobKind.RETRIEVE_CREDENTIALS)),
            read_summary(output_of(jobs, JobKind.FUSE_RESULTS)),
            repositories,
            ids=ids,
            now=now,
        )
    count_completed(completed, metrics)
