"""GET /profiles/{assessmentId}: the profile part of the result."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.results import ProfileOut
from shared.domain.assessment import AssessmentId
from shared.usecases.get_result import get_result
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/profiles/<assessmentId>",
    tags=["Results"],
    summary="The profile of a completed assessment",
    responses=answers(ProfileOut) | problems(401, 403, 404, 409),
)
def get_one_profile(assessmentId: str) -> ProfileOut:
    result = get_result(AssessmentId(assessmentId), current_caller(api), store=wiring.store)
    return ProfileOut.of(result.assessment, result.profile)


lambda_handler = handler_of(api, lambda: wiring.metrics)
