"""POST /reviews/{essayScoreId}/confirm: the marks of a reviewed essay stand."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.problem import answers, problems
from shared.api.replay import reply
from shared.api.schemas.reviews import ReviewedOut
from shared.domain.essay import EssayScoreId
from shared.usecases.confirm_score import confirm_score
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/reviews/<essayScoreId>/confirm",
    tags=["Reviews"],
    summary="Confirm the marks of an essay as they are",
    description="The same marks are kept once more as a person's; the essay leaves the queue, and "
    "the result's confidence is computed anew. 409 `leased` says until when somebody else is at "
    "it, `review_not_needed` that another score counts by now, and `marks_missing` that nobody has "
    "marked the essay yet.",
    status_code=HTTPStatus.CREATED,
    responses=answers(ReviewedOut, "Created", status=HTTPStatus.CREATED)
    | problems(401, 403, 404, 409, 422),
)
def post_confirm(
    essayScoreId: str,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[ReviewedOut]:
    caller = current_caller(api)
    reviewed = confirm_score(
        EssayScoreId(essayScoreId),
        caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    return reply(
        ReviewedOut.of(reviewed.score),
        status=HTTPStatus.CREATED,
        is_replay=reviewed.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
