"""GET /assessments/{assessmentId}/status: how far the scoring has come."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response, content_types

from shared.api.app import build_api, handler_of
from shared.api.asking_again import ask_again_after, says_when_to_ask_again
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.assessments import StatusOut
from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.usecases.get_status import get_status
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/assessments/<assessmentId>/status",
    tags=["Assessments"],
    summary="Progress by stage",
    description="`in_review` says that people are reading, since the student declined AI scoring; "
    "`readByPeople` counts the essays. Poll seldom then: it takes days.",
    responses=says_when_to_ask_again(answers(StatusOut)) | problems(401, 403, 404),
)
def get_progress(assessmentId: str) -> Response[StatusOut]:
    found = get_status(
        AssessmentId(assessmentId), current_caller(api), store=wiring.store, clock=wiring.clock
    )
    body = StatusOut.of(found.assessment, found.status, found.progress, found.reading)
    is_scoring = found.status is AssessmentStatus.SCORING
    return Response(
        status_code=HTTPStatus.OK,
        content_type=content_types.APPLICATION_JSON,
        body=body,
        headers=ask_again_after(body.estimated_seconds_remaining) if is_scoring else {},
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
