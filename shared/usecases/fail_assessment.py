"""Give up on an assessment that even the fallbacks could not finish; an operator may retry it."""

from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.event import EventId, EventType
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Store


def fail_assessment(
    assessment_id: AssessmentId, error: str, *, store: Store, ids: Ids, clock: Clock
) -> None:
    """Mark the assessment failed; one that is not being scored is left alone."""
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(assessment_id)
        if assessment.status is not AssessmentStatus.SCORING:
            return
        repositories.assessments.save(assessment.fail())
        repositories.outbox.append(
            EventType.ASSESSMENT_FAILED,
            assessment.student_id,
            {"assessmentId": assessment.id, "trackId": assessment.track_id, "error": error},
            event_id=EventId(ids.new()),
            at=clock.now(),
        )
