"""Find out who a request comes from."""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Final

from shared.domain.errors import NotFoundError, UnauthenticatedError
from shared.domain.user import Caller, SessionId
from shared.ports.clock import Clock
from shared.ports.store import Store
from shared.ports.token_issuer import TokenIssuer

REVOCATION_DELAY: Final = timedelta(seconds=60)
"""How long a session that was found active is taken to be so."""
MOST_REMEMBERED: Final = 10_000
"""Sessions; past it the memory starts anew, which costs a look-up each and nothing else."""


def authorize_request(
    token: str,
    *,
    remembered: MutableMapping[SessionId, datetime],
    store: Store,
    tokens: TokenIssuer,
    clock: Clock,
) -> Caller:
    """Return the caller, or raise `UnauthenticatedError`.

    `remembered` maps a session to the time until which it need not be looked up again; it lives as
    long as the execution environment.
    """
    now = clock.now()
    caller = tokens.read_bearer(token, now=now)
    if now < remembered.get(caller.session_id, now):
        return caller
    try:
        with store.begin() as repositories:
            session = repositories.sessions.get(caller.session_id)
    except NotFoundError:
        raise UnauthenticatedError("the session is unknown; log in again") from None
    if session.revoked_at is not None:
        remembered.pop(caller.session_id, None)
        raise UnauthenticatedError("the session was revoked; log in again")
    if len(remembered) >= MOST_REMEMBERED:
        remembered.clear()
    remembered[caller.session_id] = now + REVOCATION_DELAY
    return caller
