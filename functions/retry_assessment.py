"""POST /admin/assessments/{assessmentId}/retry: score an assessment again whose scoring failed."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.problem import answers, problems
from shared.api.replay import reply
from shared.api.schemas.operations import RetriedOut
from shared.api.urls import status_url
from shared.domain.assessment import AssessmentId
from shared.usecases.retry_assessment import retry_assessment
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/admin/assessments/<assessmentId>/retry",
    tags=["Administration"],
    summary="Score a failed assessment again",
    description="What was scored already is kept. 409 `assessment_not_failed` says what there is "
    "to do with an assessment that has not failed.",
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(RetriedOut, "Accepted", status=HTTPStatus.ACCEPTED)
    | problems(401, 403, 404, 409, 422),
)
def post_retry(
    assessmentId: str,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[RetriedOut]:
    caller = current_caller(api)
    retried = retry_assessment(
        AssessmentId(assessmentId),
        caller=caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        pipeline=wiring.pipeline,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    return reply(
        RetriedOut(
            assessment_id=retried.assessment_id, status_url=status_url(retried.assessment_id)
        ),
        status=HTTPStatus.ACCEPTED,
        is_replay=retried.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
