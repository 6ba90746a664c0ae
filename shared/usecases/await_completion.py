"""Wait for the scoring of an assessment that was submitted to come to an end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from shared.domain.access import ensure_owner
from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.store import Store

PAUSE: Final = timedelta(milliseconds=250)


def await_completion(
    assessment_id: AssessmentId,
    caller: Caller,
    *,
    at_most: timedelta,
    store: Store,
    clock: Clock,
    sleep: Callable[[float], None],
) -> bool:
    """Return whether nothing is left to wait for, looking again every quarter of a second."""
    deadline = clock.now() + at_most
    while True:
        with store.begin() as repositories:
            assessment = repositories.assessments.get(assessment_id)
        ensure_owner(assessment, caller)
        if assessment.status is AssessmentStatus.IN_REVIEW:
            return False  # people take days
        if assessment.status is not AssessmentStatus.SCORING:
            return True
        if clock.now() + PAUSE > deadline:
            return False
        sleep(PAUSE.total_seconds())
