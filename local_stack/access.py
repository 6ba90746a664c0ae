"""Who a command acts as, and where: the options that all of operators' commands share."""

import getpass
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final

from cyclopts import Parameter

from local_stack.admin import FILE, OwnAdmin
from local_stack.api import CREATE_ADMIN, Api, LogIn, Person, Who
from local_stack.errors import LocalStackError
from local_stack.settings import Settings
from local_stack.where import Where

TOKEN: Final = "ASSAY_TOKEN"  # noqa: S105  the variable's name
EMAIL: Final = ("ASSAY_EMAIL", "ASSAY_ADMIN_EMAIL")
PASSWORD: Final = ("ASSAY_PASSWORD", "ASSAY_ADMIN_PASSWORD")


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Where):
    """What says where and as whom to speak to the API; ASSAY_TOKEN is a token to speak with."""

    email: Annotated[str | None, Parameter(name=("--email", "--as"), env_var=EMAIL)] = None
    """An admin's address; locally the stack's own admin if left out. Or set ASSAY_TOKEN."""
    password: Annotated[str | None, Parameter(env_var=PASSWORD)] = None
    """Asked for, or read from standard input, if left out."""

    @contextmanager
    def open(self) -> Generator[Api]:
        """The API of that stage, as that person."""
        who = self._who()
        api = Api(self.api_url(), who, is_local=self.is_local)
        try:
            yield api
        finally:
            api.close()

    def _who(self) -> Who:
        token = os.environ.get(TOKEN)
        if token and self.email:
            raise LocalStackError(
                f"Both {TOKEN} and an e-mail address say who you are.", "Leave one of them out."
            )
        if token:
            return TokenHolder(token)
        if self.email:
            return Guest(self.email, self.password)
        if self.is_local:
            return OwnAdmin(
                deployment=self.deployment(), file=Settings.read(os.environ).home / FILE
            )
        raise LocalStackError(
            f"It is not said who speaks to stage {self.stage!r}.",
            f"Name an admin by --email, or a token in {TOKEN}. {CREATE_ADMIN}",
        )


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAs(Access):
    """The same, for a command whose `--email` is another's."""

    email: Annotated[str | None, Parameter(name="--as", env_var=EMAIL)] = None
    """An admin's address; locally the stack's own admin if left out. Or set ASSAY_TOKEN."""


ANYWHERE: Final = Access()
ANYWHERE_AS: Final = AccessAs()


class TokenHolder:
    """Whoever the token was given to."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str | None:
        return self._token

    def log_in(self, log_in: LogIn) -> str:
        del log_in
        raise LocalStackError(
            f"The token in {TOKEN} is over, or of another stage.",
            f"Take a new one: {TOKEN}=$(assay token --stage NAME --email ADDRESS).",
        )


class Guest:
    """A person who is asked for their password once."""

    def __init__(self, email: str, password: str | None) -> None:
        self._email = email
        self._password = password

    def token(self) -> str | None:
        return None

    def log_in(self, log_in: LogIn) -> str:
        if self._password is None:
            self._password = _ask_password(self._email)
        return log_in(Person(email=self._email, password=self._password))


def _ask_password(email: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"Password of {email}: ")
    return sys.stdin.readline().rstrip("\n")
