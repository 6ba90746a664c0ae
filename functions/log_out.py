"""POST /auth/logout: end the session with all its tokens."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import problems
from shared.usecases.log_out import log_out
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/auth/logout",
    tags=["Auth"],
    summary="Log out",
    status_code=HTTPStatus.NO_CONTENT,
    responses={204: {"description": "Logged out; other devices notice within 60 s"}}
    | problems(401, 403),
)
def post_logout() -> Response[str]:
    log_out(current_caller(api), store=wiring.store, clock=wiring.clock)
    return Response(status_code=HTTPStatus.NO_CONTENT, body="")


lambda_handler = handler_of(api, lambda: wiring.metrics)
