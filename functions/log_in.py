"""POST /auth/login: e-mail and password for tokens."""

from shared.api.app import build_api, handler_of
from shared.api.limits import (
    LOG_IN_BY_ACCOUNT,
    LOG_IN_BY_ADDRESS,
    limit_by_account,
    limit_by_address,
)
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.auth import LogIn, Tokens
from shared.api.tokens import tokens_of
from shared.usecases.log_in import log_in
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/auth/login",
    tags=["Auth"],
    summary="Log in",
    responses=answers(Tokens) | problems(401, 429, *BODY),
)
def post_login(credentials: LogIn) -> Tokens:
    limiter, clock = wiring.rate_limiter, wiring.clock
    limit_by_address(api, LOG_IN_BY_ADDRESS, limiter=limiter, clock=clock)
    limit_by_account(credentials.email, LOG_IN_BY_ACCOUNT, limiter=limiter, clock=clock)
    user, session = log_in(
        credentials.email,
        credentials.password,
        store=wiring.store,
        hasher=wiring.hasher,
        ids=wiring.ids,
        clock=clock,
    )
    return tokens_of(user, session, issuer=wiring.tokens, now=clock.now())


lambda_handler = handler_of(api, lambda: wiring.metrics)
