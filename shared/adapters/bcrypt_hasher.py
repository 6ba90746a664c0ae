"""Passwords by bcrypt."""

from functools import cached_property
from typing import Final

import bcrypt

COST: Final = 12
"""2^12 rounds, about a quarter of a second (OWASP asks for at least 10)."""


class BcryptHasher:
    def __init__(self, cost: int = COST) -> None:
        self._cost = cost

    def hash(self, password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(self._cost)).decode()

    def verify(self, password: str, password_hash: str | None) -> bool:
        candidate = password.encode("utf-8", "surrogatepass")
        if password_hash is None or not 0 < len(candidate) <= 72:  # noqa: PLR2004 - bcrypt's limit
            bcrypt.checkpw(b"", self._decoy)
            return False
        return bcrypt.checkpw(candidate, password_hash.encode())

    @cached_property
    def _decoy(self) -> bytes:
        """What an unknown account is compared with, so that it takes as long as a known one."""
        return bcrypt.hashpw(b"decoy", bcrypt.gensalt(self._cost))
