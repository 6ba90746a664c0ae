"""POST /recommendations/{recommendationId}/feedback: say what one thinks of a recommendation."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.limits import FEEDBACK_BY_PERSON, limit_by_person
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.feedback import FeedbackIn, FeedbackOut
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.usecases.give_feedback import give_feedback
from shared.usecases.publish_events import publish_events
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/recommendations/<recommendationId>/feedback",
    tags=["Results"],
    summary="Rate a recommendation, or with `credentialId` one item of it",
    description="By the student it was given to, or by an advisor. Marks are 1 (worst) to 5. "
    "Once more replaces one's last feedback on the same; `revision` counts up.",
    status_code=HTTPStatus.CREATED,
    responses=answers(FeedbackOut, "Created", status=HTTPStatus.CREATED)
    | problems(401, 403, 404, 409, 429, *BODY),
)
def post_feedback(
    recommendationId: str,
    feedback: FeedbackIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[FeedbackOut]:
    caller = current_caller(api)
    limit_by_person(caller, FEEDBACK_BY_PERSON, limiter=wiring.rate_limiter, clock=wiring.clock)
    given = give_feedback(
        RecommendationId(recommendationId),
        CredentialId(feedback.credential_id) if feedback.credential_id else None,
        feedback.to_rating(),
        caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    return reply(
        FeedbackOut.of(given.feedback),
        status=HTTPStatus.CREATED,
        is_replay=given.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
