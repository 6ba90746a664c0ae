"""Once a minute: finish what a crash left between two systems."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.errors import PipelineUnavailableError
from shared.ports.clock import Clock
from shared.ports.pipeline import Pipeline
from shared.ports.store import Store

UNSTARTED_AFTER: Final = timedelta(seconds=30)
"""Longer than a submission takes to start its own pipeline."""
STALLED_AFTER: Final = timedelta(minutes=15)
"""Longer than all time limits of one execution together."""
BATCH: Final = 50
KEPT_KEYS: Final = timedelta(hours=24)
"""How long an Idempotency-Key is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    started: int
    forgotten_keys: int


def reconcile(*, store: Store, pipeline: Pipeline, clock: Clock) -> Reconciliation:
    """Start the pipeline of submissions that have none, or whose execution ended without result."""
    now = clock.now()
    with store.begin() as repositories:
        stuck = repositories.assessments.stuck(
            unstarted_before=now - UNSTARTED_AFTER,
            running_before=now - STALLED_AFTER,
            limit=BATCH,
        )
        forgotten = repositories.idempotency.forget_before(now - KEPT_KEYS)
    started = 0
    for assessment_id in stuck:
        try:
            started += _restart(assessment_id, store, pipeline, clock)
        except PipelineUnavailableError:
            break
    return Reconciliation(started=started, forgotten_keys=forgotten)


def _restart(assessment_id: AssessmentId, store: Store, pipeline: Pipeline, clock: Clock) -> bool:
    with store.begin() as repositories:
        assessment = repositories.assessments.get(assessment_id)
        run = repositories.assessments.pipeline_run(assessment_id)
        jobs = repositories.jobs.of_assessment(assessment_id)
    if assessment.status is not AssessmentStatus.SCORING:
        return False
    if run and pipeline.is_running(assessment_id, run=run):
        return False
    pipeline.start(assessment_id, jobs, run=run + 1)
    with store.begin() as repositories:
        repositories.assessments.mark_pipeline_started(assessment_id, run=run + 1, at=clock.now())
    return True
