from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.domain.session import Session
from shared.domain.user import Caller, Role, SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshClaims:
    session_id: SessionId
    generation: int


class TokenIssuer(Protocol):
    """Signed tokens. Every `read_…` raises `UnauthenticatedError` for one that is not good."""

    def access(self, session: Session, role: Role, *, now: datetime) -> tuple[str, int]:
        """Return an access token and its life in seconds."""
        ...

    def refresh(self, session: Session) -> str:
        """Return the refresh token of the session's present generation."""
        ...

    def resume(self, caller: Caller, assessment_id: str, *, now: datetime, until: datetime) -> str:
        """Return a token that opens one assessment and nothing else; same input, same token."""
        ...

    def read_bearer(self, token: str, *, now: datetime) -> Caller:
        """Read an access or a resume token. Whether the session still stands is not checked."""
        ...

    def read_refresh(self, token: str, *, now: datetime) -> RefreshClaims: ...

    def receipt(self, claims: Mapping[str, Any], *, now: datetime) -> str:
        """Return the claims, `iss` and `iat` as a signed document that opens nothing and lasts."""
        ...

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set (RFC 7517)."""
        ...
