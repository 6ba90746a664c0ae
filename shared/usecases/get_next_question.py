"""Find the next unanswered question."""

from shared.domain.access import ensure_owner
from shared.domain.assessment import AssessmentId, Snapshot, unanswered
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.store import Store


def get_next_question(
    assessment_id: AssessmentId, caller: Caller, *, store: Store, clock: Clock
) -> Snapshot | None:
    """Return it as the student is shown it, or None when every question has an answer."""
    with store.begin() as repositories:
        assessment = repositories.assessments.get(assessment_id)
        ensure_owner(assessment, caller)
        assessment.ensure_open(clock.now())
        snapshots = repositories.assessments.snapshots(assessment_id)
        responses = repositories.assessments.responses(assessment_id)
    return next(iter(assessment.asks(unanswered(snapshots, responses)[:1])), None)
