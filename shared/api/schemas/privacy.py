"""Bodies of erasure."""

from typing import Self

from shared.api.schemas.auth import Password
from shared.api.schemas.base import RequestBody, ResponseBody, Time
from shared.domain.erasure import Erasure


class Confirmation(RequestBody):
    """Says that whoever holds the token is the person it was given to."""

    password: Password


class ErasedOut(ResponseBody):
    user_id: str
    erased_at: Time
    erased: dict[str, int]
    """Rows by table of which all, or all personal text, is gone."""
    kept_without_identity: dict[str, int]
    receipt: str
    """The same as a JWS (compact, EdDSA), to be verified with the key set."""

    @classmethod
    def of(cls, erasure: Erasure, receipt: str) -> Self:
        return cls(
            user_id=erasure.user_id,
            erased_at=erasure.at,
            erased=dict(erasure.erased),
            kept_without_identity=dict(erasure.kept),
            receipt=receipt,
        )
