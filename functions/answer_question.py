"""POST /assessments/{assessmentId}/answer: save one answer."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.assessments import GivenResponse, SavedOut
from shared.domain.assessment import AssessmentId
from shared.usecases.save_responses import GivenAnswer, save_responses
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/assessments/<assessmentId>/answer",
    tags=["Assessments"],
    summary="Save one answer",
    responses=answers(SavedOut) | problems(401, 403, 404, 409, 410, *BODY),
)
def post_answer(assessmentId: str, given: GivenResponse) -> SavedOut:
    saved = save_responses(
        AssessmentId(assessmentId),
        [GivenAnswer(question_id=given.question_id, answer=given.answer.to_domain(), pointer="")],
        current_caller(api),
        store=wiring.store,
        clock=wiring.clock,
    )
    return SavedOut(saved=saved.saved, answered=saved.answered, total=saved.total)


lambda_handler = handler_of(api, lambda: wiring.metrics)
