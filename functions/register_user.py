"""POST /auth/register: a student creates an account."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import idempotency_of
from shared.api.limits import REGISTER_BY_ADDRESS, limit_by_address
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.auth import Registration, UserOut
from shared.usecases.register_user import register_user
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/auth/register",
    tags=["Auth"],
    summary="Create a student account",
    status_code=HTTPStatus.CREATED,
    responses=answers(UserOut, "Created", status=HTTPStatus.CREATED) | problems(409, 429, *BODY),
)
def post_registration(
    registration: Registration,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[UserOut]:
    limit_by_address(api, REGISTER_BY_ADDRESS, limiter=wiring.rate_limiter, clock=wiring.clock)
    user, is_replay = register_user(
        registration.email,
        registration.password,
        registration.name,
        idempotency=idempotency_of(api, idempotency_key, scope=registration.email),
        store=wiring.store,
        hasher=wiring.hasher,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    return reply(
        UserOut.of(user),
        status=HTTPStatus.CREATED,
        is_replay=is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
