"""Trade a refresh token for new tokens; one that was traded before ends the session."""

from shared.domain.errors import NotFoundError, TokenReusedError, UnauthenticatedError
from shared.domain.session import Session
from shared.domain.user import User
from shared.ports.clock import Clock
from shared.ports.store import Store
from shared.ports.token_issuer import TokenIssuer


def refresh_session(
    refresh_token: str, *, store: Store, tokens: TokenIssuer, clock: Clock
) -> tuple[User, Session]:
    now = clock.now()
    claims = tokens.read_refresh(refresh_token, now=now)
    reused: TokenReusedError | None = None
    with store.begin() as repositories:
        try:
            session = repositories.sessions.lock(claims.session_id)
        except NotFoundError:
            raise UnauthenticatedError("the session is unknown; log in again") from None
        try:
            rotated = session.rotate(claims.generation, now)
        except TokenReusedError as error:
            # The revocation must be committed, so the error leaves after the transaction.
            reused, rotated = error, session.revoke(now)
        repositories.sessions.save(rotated)
        user = repositories.users.get(session.user_id)
    if reused:
        raise reused
    return user, rotated
