"""GET /recommendations?assessmentId=: the stored recommendation, never computed again."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.results import RecommendationOut
from shared.domain.assessment import AssessmentId
from shared.usecases.get_result import get_result
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/recommendations",
    tags=["Results"],
    summary="The recommendation of a completed assessment",
    description="Items carry the verdict of staff, if there is one. Staff see the whole trace, "
    "with all that was weighed in `trace.ranking`.",
    responses=answers(RecommendationOut) | problems(401, 403, 404, 409, 422),
)
def get_bundle(
    assessment_id: Annotated[str, Query(alias="assessmentId", min_length=1, max_length=64)],
) -> RecommendationOut:
    caller = current_caller(api)
    result = get_result(AssessmentId(assessment_id), caller, store=wiring.store)
    return RecommendationOut.build(result.recommendation, result.verdicts, is_whole=caller.is_staff)


lambda_handler = handler_of(api, lambda: wiring.metrics)
