"""GET /assessments/{assessmentId}: its questions and saved responses, to go on anywhere."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.assessments import AssessmentOut, OpenedOut, QuestionOut, SavedResponseOut
from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.usecases.get_assessment import get_assessment
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/assessments/<assessmentId>",
    tags=["Assessments"],
    summary="An assessment with its questions and saved responses",
    responses=answers(OpenedOut) | problems(401, 403, 404),
)
def get_one_assessment(assessmentId: str) -> OpenedOut:
    opened = get_assessment(
        AssessmentId(assessmentId), current_caller(api), store=wiring.store, clock=wiring.clock
    )
    is_open = opened.status is AssessmentStatus.IN_PROGRESS
    following = opened.next_snapshot if is_open else None
    return OpenedOut(
        **dict(AssessmentOut.of(opened.assessment, opened.status)),
        questions=[QuestionOut.of(snapshot) for snapshot in opened.snapshots],
        responses=[
            SavedResponseOut.of(opened.responses[s.question.id])
            for s in opened.snapshots
            if s.question.id in opened.responses
        ],
        next_question=QuestionOut.of(following) if following else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
