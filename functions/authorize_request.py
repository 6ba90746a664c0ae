"""Authorizer of the HTTP API: says who a request comes from; the door itself is `shared.api`."""

from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.errors import StoreUnavailableError, UnauthenticatedError
from shared.domain.user import SessionId
from shared.usecases.authorize_request import authorize_request
from shared.wiring import wiring

logger = Logger()

SCHEME: Final = "bearer "
remembered: Final[dict[SessionId, datetime]] = {}


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    header = event.get("headers", {}).get("authorization", "")
    if not header:
        return _refuse("send an access token as Bearer")
    if header[: len(SCHEME)].lower() != SCHEME:
        return _refuse("the Authorization header is not a Bearer token")
    try:
        caller = authorize_request(
            header[len(SCHEME) :].strip(),
            remembered=remembered,
            store=wiring.store,
            tokens=wiring.tokens,
            clock=wiring.clock,
        )
    except UnauthenticatedError as error:
        return _refuse(str(error))
    except StoreUnavailableError as error:
        # Raising would be API Gateway's own bare 500; the function behind it answers 503.
        logger.warning("caller unknown, database away")
        return {"isAuthorized": True, "context": {"outage": str(error)}}
    logger.info("caller known", user_id=caller.user_id, role=caller.role)
    return {
        "isAuthorized": True,
        "context": {
            "userId": caller.user_id,
            "sessionId": caller.session_id,
            "role": caller.role.value,
            "assessmentId": caller.assessment_id or "",
        },
    }


def _refuse(reason: str) -> dict[str, Any]:
    """Let the request pass without a caller: the function behind it answers 401 as a problem."""
    logger.info("caller unknown", reason=reason)
    return {"isAuthorized": True, "context": {"refusal": reason}}
