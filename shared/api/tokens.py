"""The tokens of a session, as login and refresh answer them."""

from datetime import datetime

from shared.api.schemas.auth import Tokens, UserOut
from shared.domain.session import Session
from shared.domain.user import User
from shared.ports.token_issuer import TokenIssuer


def tokens_of(user: User, session: Session, *, issuer: TokenIssuer, now: datetime) -> Tokens:
    access_token, expires_in = issuer.access(session, user.role, now=now)
    return Tokens(
        access_token=access_token,
        refresh_token=issuer.refresh(session),
        expires_in=expires_in,
        user=UserOut.of(user),
    )
