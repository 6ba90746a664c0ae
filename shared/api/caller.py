"""Who a request comes from, and whether the route table lets them."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from shared.api.body import raw_body
from shared.api.routes import BASE_PATH, ROUTES, Route
from shared.domain.errors import (
    ForbiddenError,
    InvalidInputError,
    StoreUnavailableError,
    UnauthenticatedError,
)
from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Caller, Role, SessionId, UserId

ROUTE_BY_KEY: Final[Mapping[str, Route]] = {
    f"{route.method} {BASE_PATH}{route.path}": route for route in ROUTES
}
MAX_KEY_LENGTH: Final = 255


def ensure_allowed(event: Mapping[str, Any]) -> None:
    """Raise unless the route table lets the caller in.

    The authorizer finds out who it is and never denies, because an HTTP API cannot give its
    denials the shape of this API's errors; the door is here, in front of every function alike. A
    route that is not in the table is closed.
    """
    route = ROUTE_BY_KEY.get(event.get("routeKey", ""))
    if route is None:
        raise ForbiddenError("this route is not open to anybody")
    if route.roles is None:
        return
    caller = read_caller(event)
    if caller.role not in route.roles:
        allowed = ", ".join(sorted(route.roles))
        raise ForbiddenError(f"this is for {allowed}; you are {caller.role}")
    if caller.assessment_id is not None:
        _ensure_within(caller.assessment_id, route, event)


def _ensure_within(assessment_id: str, route: Route, event: Mapping[str, Any]) -> None:
    place = "queryStringParameters" if route.assessment_in_query else "pathParameters"
    if (event.get(place) or {}).get("assessmentId") != assessment_id:
        raise ForbiddenError("a resume token opens its own assessment only; log in for the rest")


def read_caller(event: Mapping[str, Any]) -> Caller:
    """Return the caller that the authorizer put on the request."""
    claims = event.get("requestContext", {}).get("authorizer", {}).get("lambda") or {}
    if "outage" in claims:
        raise StoreUnavailableError(claims["outage"])
    if "userId" not in claims:
        raise UnauthenticatedError(claims.get("refusal") or "send an access token as Bearer")
    return Caller(
        user_id=UserId(claims["userId"]),
        session_id=SessionId(claims["sessionId"]),
        role=Role(claims["role"]),
        assessment_id=claims.get("assessmentId") or None,
    )


def current_caller(api: APIGatewayHttpResolver) -> Caller:
    return read_caller(api.current_event.raw_event)


def idempotency_of(
    api: APIGatewayHttpResolver, key: str | None, *, scope: str
) -> IdempotencyKey | None:
    """Bind the client's key to this very request; None when it sent none."""
    if key is None:
        return None
    if not (0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise InvalidInputError(
            f"an Idempotency-Key has 1 to {MAX_KEY_LENGTH} printable ASCII characters",
            pointer="header/idempotency-key",
        )
    event = api.current_event.raw_event
    digest = hashlib.sha256(event.get("rawPath", "").encode() + b"\n" + raw_body(event))
    return IdempotencyKey(
        scope=scope,
        operation=event.get("routeKey", ""),
        key=key,
        request_hash=digest.hexdigest(),
    )
