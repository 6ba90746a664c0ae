"""POST /admin/queues/{queue}/redrive: move dead letters back to their queue."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.problem import answers, problems
from shared.api.replay import reply
from shared.api.schemas.operations import RedrivenOut
from shared.usecases.redrive_queue import redrive_queue
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/admin/queues/<queue>/redrive",
    tags=["Administration"],
    summary="Move dead letters back to their queue, 200 at most",
    description="Queues are scoring, retrieval, fusion and webhooks. Each is delivered up to "
    "three times more. What is done already, or belongs to an assessment that is no longer being "
    "scored, is left alone.",
    responses=answers(RedrivenOut) | problems(401, 403, 404, 409, 422),
)
def post_redrive(
    queue: str, idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None
) -> Response[RedrivenOut]:
    caller = current_caller(api)
    found = redrive_queue(
        queue,
        caller=caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        dead_letters=wiring.dead_letters,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    return reply(RedrivenOut.of(found.redriven), status=HTTPStatus.OK, is_replay=found.is_replay)


lambda_handler = handler_of(api, lambda: wiring.metrics)
