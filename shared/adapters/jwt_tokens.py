"""Tokens as EdDSA-signed JWTs (RFC 7519, RFC 8037)."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.domain.errors import UnauthenticatedError
from shared.domain.session import Session
from shared.domain.user import Caller, Role, SessionId, UserId
from shared.ports.token_issuer import RefreshClaims

ACCESS_LIFETIME: Final = timedelta(hours=24)
ALGORITHM: Final = "EdDSA"
ACCESS: Final = "at+jwt"
REFRESH: Final = "refresh+jwt"
RESUME: Final = "resume+jwt"
RECEIPT: Final = "receipt+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    private: Ed25519PrivateKey
    id: str
    """`kid`: the JWK thumbprint (RFC 7638)."""

    @classmethod
    def from_seed(cls, seed: str) -> Self:
        """Derive the key from a random string, so that a generated secret is all it takes."""
        return cls.of(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest()))

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> Self:
        members = {"crv": "Ed25519", "kty": "OKP", "x": _public(private)}
        canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
        return cls(private=private, id=_base64url(hashlib.sha256(canonical.encode()).digest()))

    @property
    def public(self) -> str:
        """The member `x` of its JWK."""
        return _public(self.private)


class JwtTokenIssuer:
    """Signs with the first key and accepts all of them, so that keys can be rotated."""

    def __init__(self, keys: Sequence[SigningKey], *, issuer: str) -> None:
        self._keys = {key.id: key for key in keys}
        self._signer = keys[0]
        self._issuer = issuer

    def access(self, session: Session, role: Role, *, now: datetime) -> tuple[str, int]:
        life = min(ACCESS_LIFETIME, session.expires_at - now)
        claims = {"sub": session.user_id, "sid": session.id, "role": role.value}
        return self._sign(ACCESS, claims, now, now + life), int(life.total_seconds())

    def refresh(self, session: Session) -> str:
        claims = {"sub": session.user_id, "sid": session.id, "gen": session.generation}
        return self._sign(REFRESH, claims, session.created_at, session.expires_at)

    def resume(self, caller: Caller, assessment_id: str, *, now: datetime, until: datetime) -> str:
        claims = {
            "sub": caller.user_id,
            "sid": caller.session_id,
            "role": caller.role.value,
            "assessment": assessment_id,
        }
        return self._sign(RESUME, claims, now, until)

    def read_bearer(self, token: str, *, now: datetime) -> Caller:
        claims = self._read(token, (ACCESS, RESUME), now)
        return Caller(
            user_id=UserId(claims["sub"]),
            session_id=SessionId(claims["sid"]),
            role=Role(claims["role"]),
            assessment_id=claims.get("assessment"),
        )

    def read_refresh(self, token: str, *, now: datetime) -> RefreshClaims:
        claims = self._read(token, (REFRESH,), now)
        return RefreshClaims(session_id=SessionId(claims["sid"]), generation=claims["gen"])

    def receipt(self, claims: Mapping[str, Any], *, now: datetime) -> str:
        return self._encode(RECEIPT, dict(claims) | {"iss": self._issuer, "iat": now})

    def jwks(self) -> dict[str, Any]:
        return {
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "alg": ALGORITHM,
                    "use": "sig",
                    "kid": key.id,
                    "x": key.public,
                }
                for key in self._keys.values()
            ]
        }

    def _sign(self, kind: str, claims: dict[str, Any], since: datetime, until: datetime) -> str:
        issued = {"iss": self._issuer, "aud": self._issuer, "iat": since, "exp": until}
        return self._encode(kind, claims | issued)

    def _encode(self, kind: str, claims: dict[str, Any]) -> str:
        return jwt.encode(
            claims,
            self._signer.private,
            algorithm=ALGORITHM,
            headers={"kid": self._signer.id, "typ": kind},
        )

    def _read(self, token: str, kinds: Sequence[str], now: datetime) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys[header["kid"]]
            if header.get("typ") not in kinds:
                raise UnauthenticatedError("this kind of token is not accepted here")
            claims = jwt.decode(
                token,
                key.private.public_key(),
                algorithms=[ALGORITHM],
                audience=self._issuer,
                issuer=self._issuer,
                # Expiry is checked below, by this product's own clock.
                options={
                    "require": ["exp", "iat", "sub"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
        except (jwt.InvalidTokenError, KeyError, ValueError):
            raise UnauthenticatedError("the token is not valid; log in again") from None
        if claims["exp"] <= now.timestamp():
            raise UnauthenticatedError("the token has expired; refresh it or log in again")
        return claims


def _public(private: Ed25519PrivateKey) -> str:
    return _base64url(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
