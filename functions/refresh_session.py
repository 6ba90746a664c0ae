"""POST /auth/refresh: a refresh token, which works once, for new tokens."""

from shared.api.app import build_api, handler_of
from shared.api.limits import REFRESH_BY_ADDRESS, limit_by_address
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.auth import Refresh, Tokens
from shared.api.tokens import tokens_of
from shared.usecases.refresh_session import refresh_session
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/auth/refresh",
    tags=["Auth"],
    summary="Rotate the refresh token; using an old one again revokes the session",
    responses=answers(Tokens) | problems(401, 429, *BODY),
)
def post_refresh(body: Refresh) -> Tokens:
    limit_by_address(api, REFRESH_BY_ADDRESS, limiter=wiring.rate_limiter, clock=wiring.clock)
    user, session = refresh_session(
        body.refresh_token, store=wiring.store, tokens=wiring.tokens, clock=wiring.clock
    )
    return tokens_of(user, session, issuer=wiring.tokens, now=wiring.clock.now())


lambda_handler = handler_of(api, lambda: wiring.metrics)
