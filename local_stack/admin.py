"""The local stack's own admin, for commands that do what only the API can.

The stack gets one at the first such command. Who that is, and what they are logged in with, is in
a file of the stack, readable by its owner alone: logging in anew for every command would soon meet
the limit of guesses.
"""

import os
import secrets
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

from pydantic import ValidationError

from local_stack.api import LogIn, Person, RefusedError
from local_stack.deployment import Deployment
from local_stack.invocation import invoke_or_fail

FILE: Final = "admin.json"


class Credentials(Person):
    token: str

    @classmethod
    def read(cls, path: Path) -> Self | None:
        try:
            return cls.model_validate_json(path.read_text())
        except (FileNotFoundError, ValidationError):
            return None

    def write(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self.model_dump_json())


class OwnAdmin:
    def __init__(self, *, deployment: Deployment, file: Path) -> None:
        self._deployment = deployment
        self._file = file
        self._credentials = Credentials.read(file)

    def token(self) -> str | None:
        return self._credentials.token if self._credentials else None

    def log_in(self, log_in: LogIn) -> str:
        """As the admin that the file names, or as a new one where the database knows them not."""
        known = self._credentials
        person = Person(email=known.email, password=known.password) if known else self._create()
        try:
            token = log_in(person)
        except RefusedError as error:
            if not known or error.status != HTTPStatus.UNAUTHORIZED:
                raise
            person = self._create()
            token = log_in(person)
        self._credentials = Credentials(**person.model_dump(), token=token)
        self._credentials.write(self._file)
        return token

    def _create(self) -> Person:
        person = Person(
            email=f"assay-command-{secrets.token_hex(4)}@example.com",
            password=secrets.token_urlsafe(24),
        )
        event = {**person.model_dump(), "name": "The assay command", "role": "admin"}
        invoke_or_fail(self._deployment, "create_user", event)
        return person
