"""GET /assessments/{assessmentId}/result: the explained, scored profile and what to learn next."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.results import ResultOut
from shared.domain.assessment import AssessmentId
from shared.usecases.get_result import get_result
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/assessments/<assessmentId>/result",
    tags=["Results"],
    summary="The result, once the assessment is completed",
    description="Items of the recommendation carry the verdict of staff, if there is one. Staff "
    "see the whole trace, with all that was weighed in `recommendation.trace.ranking`.",
    responses=answers(ResultOut) | problems(401, 403, 404, 409),
)
def get_whole_result(assessmentId: str) -> ResultOut:
    caller = current_caller(api)
    result = get_result(AssessmentId(assessmentId), caller, store=wiring.store)
    return ResultOut.build(
        result.assessment,
        result.profile,
        rule_scores=result.rule_scores,
        essay_scores=result.essay_scores,
        previous=result.previous,
        recommendation=result.recommendation,
        verdicts=result.verdicts,
        is_whole=caller.is_staff,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
