"""PUT /assessments/{assessmentId}/ai-scoring: consent to AI scoring, or decline it."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.assessments import ConsentOut, Decide
from shared.domain.assessment import AssessmentId
from shared.usecases.decide_ai_scoring import decide_ai_scoring
from shared.wiring import wiring

api = build_api()


@api.put(
    "/api/v1/assessments/<assessmentId>/ai-scoring",
    tags=["Assessments"],
    summary="Consent to AI scoring, or decline it, until the assessment is submitted",
    description="Nothing is read before submission, so a change of mind takes nothing back. "
    "Afterwards 409 `already_submitted`: what was decided stands. The same again changes nothing.",
    responses=answers(ConsentOut) | problems(401, 403, 404, 409, 410, *BODY),
)
def put_decision(assessmentId: str, body: Decide) -> ConsentOut:
    consent = decide_ai_scoring(
        AssessmentId(assessmentId),
        body.decision,
        body.text_version,
        current_caller(api),
        store=wiring.store,
        clock=wiring.clock,
    )
    return ConsentOut.of(consent)


lambda_handler = handler_of(api, lambda: wiring.metrics)
