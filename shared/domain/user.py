"""People and what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Self

from shared.domain.errors import InvalidInputError, LastAdminError

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

    def with_role(self, role: Role, *, admins: Iterable[UserId]) -> Self:
        """Return the user in the new role; `admins` are all there are.

        Raises:
            LastAdminError: the user is the only one of them and would cease to be.
        """
        if role is not self.role and self._is_last(admins):
            raise LastAdminError(
                "this is the last admin; make somebody else an admin first, then change the role"
            )
        return replace(self, role=role)

    def ensure_dispensable(self, *, admins: Iterable[UserId]) -> None:
        """Raise `LastAdminError` if the user is the only one of `admins`, who are all there are."""
        if self._is_last(admins):
            raise LastAdminError(
                "this is the last admin; make somebody else an admin first, then erase this account"
            )

    def _is_last(self, admins: Iterable[UserId]) -> bool:
        return self.role is Role.ADMIN and not set(admins) - {self.id}


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
