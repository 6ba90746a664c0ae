"""People and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from shared.domain.errors import InvalidInputError

UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)

MIN_PASSWORD_CHARACTERS: Final = 10
MAX_PASSWORD_BYTES: Final = 72
"""bcrypt reads no further; a longer password is refused rather than cut."""


class Role(StrEnum):
    STUDENT = "student"
    ADVISOR = "advisor"
    ADMIN = "admin"


STAFF: Final = frozenset({Role.ADVISOR, Role.ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`email` is kept folded to lower case; with `name` it is the only personal data."""

    id: UserId
    email: str
    name: str
    role: Role
    password_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who a request comes from, as the access token says."""

    user_id: UserId
    session_id: SessionId
    role: Role
    assessment_id: str | None = None
    """Set when the caller came with a resume token, which opens this one assessment only."""

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


def fold_email(email: str) -> str:
    return email.strip().casefold()


def check_password(password: str) -> None:
    if len(password) < MIN_PASSWORD_CHARACTERS:
        raise InvalidInputError(
            f"a password has at least {MIN_PASSWORD_CHARACTERS} characters", pointer="/password"
        )
    if len(password.encode()) > MAX_PASSWORD_BYTES:
        raise InvalidInputError(
            f"a password has at most {MAX_PASSWORD_BYTES} bytes in UTF-8", pointer="/password"
        )
    if "\0" in password:
        raise InvalidInputError("a password has no NUL characters", pointer="/password")
