"""Bodies of accounts and sessions."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.domain.user import Role, User


def _email(address: str) -> str:
    # 30 ms that only registration needs.
    from email_validator import validate_email  # noqa: PLC0415

    # Reserved names such as .test are let through: whether an address is reached is not asked.
    return validate_email(address, check_deliverability=False, test_environment=True).normalized


Email = Annotated[Text, Field(max_length=254), AfterValidator(_email)]
Password = Annotated[Text, Field(min_length=1, max_length=1_000)]
"""Lengths that mean something are checked by the domain, which says so in words."""


class Registration(RequestBody):
    email: Email
    password: Password
    name: Annotated[Text, Field(min_length=1, max_length=200, pattern=r"\S")]


class AccountChangeIn(RequestBody):
    """What is left out or null stays as it is; a new password needs the current one."""

    name: Annotated[Text, Field(min_length=1, max_length=200, pattern=r"\S")] | None = None
    email: Email | None = None
    password: Password | None = None
    current_password: Password | None = None

    @model_validator(mode="after")
    def _has_something_to_change(self) -> Self:
        if self.password is not None and self.current_password is None:
            raise ValueError("a new password needs currentPassword beside it")
        if self.name is None and self.email is None and self.password is None:
            raise ValueError("nothing to change: give name, email or password")
        return self


class LogIn(RequestBody):
    email: Annotated[Text, Field(max_length=254)]
    password: Password


class Refresh(RequestBody):
    refresh_token: Annotated[Text, Field(min_length=1, max_length=4_000)]


class UserOut(ResponseBody):
    id: str
    email: str
    name: str
    role: Role
    created_at: Time

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            role=user.role,
            created_at=user.created_at,
        )


class Tokens(ResponseBody):
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a password
    expires_in: int
    """Seconds."""
    user: UserOut


class NewUser(Registration):
    """What an operator says of a new user."""

    role: Role
