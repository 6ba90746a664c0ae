"""GET /assessments/{assessmentId}/next: the next unanswered question."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.assessments import NextOut, QuestionOut
from shared.domain.assessment import AssessmentId
from shared.usecases.get_next_question import get_next_question
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/assessments/<assessmentId>/next",
    tags=["Assessments"],
    summary="The next unanswered question",
    responses=answers(NextOut) | problems(401, 403, 404, 409, 410),
)
def get_next(assessmentId: str) -> NextOut:
    snapshot = get_next_question(
        AssessmentId(assessmentId), current_caller(api), store=wiring.store, clock=wiring.clock
    )
    if snapshot is None:
        return NextOut(done=True)
    return NextOut(done=False, question=QuestionOut.of(snapshot))


lambda_handler = handler_of(api, lambda: wiring.metrics)
