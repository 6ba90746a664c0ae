"""POST /recommendations/{recommendationId}/items/{credentialId}/verdict: accept or reject it."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.verdicts import GivenVerdictOut, VerdictIn
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.usecases.give_verdict import give_verdict
from shared.usecases.publish_events import publish_events
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/recommendations/<recommendationId>/items/<credentialId>/verdict",
    tags=["Reviews"],
    summary="Accept or reject an item of a recommendation, with a reason that the student reads",
    description="A rejection needs a reason. Of an item the newest verdict counts, whoever of the "
    "staff gave it; `revision` counts up and earlier ones are kept. The student finds it beside "
    "the item, with the role of who gave it and not the name. Told as `recommendation.feedback`, "
    "without the reason.",
    status_code=HTTPStatus.CREATED,
    responses=answers(GivenVerdictOut, "Created", status=HTTPStatus.CREATED)
    | problems(401, 403, 404, 409, *BODY),
)
def post_verdict(
    recommendationId: str,
    credentialId: str,
    verdict: VerdictIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[GivenVerdictOut]:
    caller = current_caller(api)
    given = give_verdict(
        RecommendationId(recommendationId),
        CredentialId(credentialId),
        caller,
        accepted=verdict.is_accepted,
        reason=verdict.to_reason(),
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    return reply(
        GivenVerdictOut.of(given.verdict), status=HTTPStatus.CREATED, is_replay=given.is_replay
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
