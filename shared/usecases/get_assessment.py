"""Read an assessment with its questions and saved responses, to go on from any device."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.domain.access import ensure_reader
from shared.domain.assessment import (
    Assessment,
    AssessmentId,
    AssessmentStatus,
    Response,
    Snapshot,
    unanswered,
)
from shared.domain.question import QuestionId
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedAssessment:
    assessment: Assessment
    status: AssessmentStatus
    snapshots: tuple[Snapshot, ...]
    """As the student is shown them."""
    responses: Mapping[QuestionId, Response]
    read_at: datetime

    @property
    def next_snapshot(self) -> Snapshot | None:
        return next(iter(unanswered(self.snapshots, self.responses)), None)


def get_assessment(
    assessment_id: AssessmentId, caller: Caller, *, store: Store, clock: Clock
) -> OpenedAssessment:
    now = clock.now()
    with store.begin() as repositories:
        assessment = repositories.assessments.get(assessment_id)
        ensure_reader(assessment, caller)
        return OpenedAssessment(
            assessment=assessment,
            status=assessment.status_at(now),
            snapshots=assessment.asks(repositories.assessments.snapshots(assessment_id)),
            responses=repositories.assessments.responses(assessment_id),
            read_at=now,
        )
