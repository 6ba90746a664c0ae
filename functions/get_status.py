"""GET /assessments/{assessmentId}/status: how far the scoring has come."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.assessments import StatusOut
from shared.domain.assessment import AssessmentId
from shared.usecases.get_status import get_status
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/assessments/<assessmentId>/status",
    tags=["Assessments"],
    summary="Progress by stage",
    description="`in_review` says that people are reading, since the student declined AI scoring; "
    "`readByPeople` counts the essays. Poll seldom then: it takes days.",
    responses=answers(StatusOut) | problems(401, 403, 404),
)
def get_progress(assessmentId: str) -> StatusOut:  # noqa: N803 - the name in the path
    found = get_status(
        AssessmentId(assessmentId), current_caller(api), store=wiring.store, clock=wiring.clock
    )
    return StatusOut.of(found.assessment, found.status, found.progress, found.reading)


lambda_handler = handler_of(api, lambda: wiring.metrics)
