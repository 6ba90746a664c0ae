"""PUT /assessments/{assessmentId}/responses: save answers; again is harmless."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.assessments import Responses, SavedOut
from shared.domain.assessment import AssessmentId
from shared.usecases.save_responses import GivenAnswer, save_responses
from shared.wiring import wiring

api = build_api()


@api.put(
    "/api/v1/assessments/<assessmentId>/responses",
    tags=["Assessments"],
    summary="Save answers, all of them or none",
    responses=answers(SavedOut) | problems(401, 403, 404, 409, 410, *BODY),
)
def put_responses(assessmentId: str, body: Responses) -> SavedOut:
    saved = save_responses(
        AssessmentId(assessmentId),
        [
            GivenAnswer(
                question_id=given.question_id,
                answer=given.answer.to_domain(),
                pointer=f"/responses/{number}",
            )
            for number, given in enumerate(body.responses)
        ],
        current_caller(api),
        store=wiring.store,
        clock=wiring.clock,
    )
    return SavedOut(saved=saved.saved, answered=saved.answered, total=saved.total)


lambda_handler = handler_of(api, lambda: wiring.metrics)
