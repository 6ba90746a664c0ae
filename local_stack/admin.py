"""An admin at the public API, for commands that do what only the API can.

The stack gets an admin of its own at the first such command. Who that is, and what they are logged
in with, is in a file of the stack, readable by its owner alone: logging in anew for every command
would soon meet the limit of guesses.
"""

import json
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from local_stack.deployment import Deployment
from local_stack.errors import LocalStackError
from local_stack.invocation import invoke_or_fail
from local_stack.outputs import Outputs
from local_stack.settings import Settings
from local_stack.stack import Stack
from local_stack.student import BASE_PATH, TIMEOUT_SECONDS, ApiError

FILE: Final = "admin.json"


class Person(BaseModel):
    model_config = ConfigDict(frozen=True)

    email: str
    password: str


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


class Admin:
    def __init__(
        self,
        api_url: str,
        *,
        deployment: Deployment,
        file: Path,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=api_url + BASE_PATH,
            timeout=TIMEOUT_SECONDS,
            transport=transport,
            # The stack is on this machine, where no proxy can reach it.
            trust_env=False,
        )
        self._deployment = deployment
        self._file = file
        self._credentials = Credentials.read(file)
        if self._credentials:
            self._use(self._credentials.token)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: object) -> Any:
        return self._call("GET", path, params={k: v for k, v in query.items() if v is not None})

    def post(self, path: str, body: object = None) -> Any:
        return self._call("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())})

    def patch(self, path: str, body: object) -> Any:
        return self._call("PATCH", path, json=body)

    def delete(self, path: str) -> None:
        self._call("DELETE", path)

    def _call(self, method: str, path: str, **sent: Any) -> Any:
        """Return the body of a success, or raise `LocalStackError` with what the API said."""
        response = self._send(method, path, **sent)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            self._log_in()
            response = self._send(method, path, **sent)
        return _content(response)

    def _send(self, method: str, path: str, **sent: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **sent)
        except httpx.TransportError as error:
            raise LocalStackError(
                f"The API does not answer: {type(error).__name__}.",
                "See what runs with `assay status`, and bring it up again with `make up`.",
            ) from error

    def _log_in(self) -> None:
        """As the admin that the file names, or as a new one where the database knows them not."""
        known = self._credentials
        person = Person(email=known.email, password=known.password) if known else self._create()
        response = self._send("POST", "/auth/login", json=person.model_dump())
        if known and response.status_code == HTTPStatus.UNAUTHORIZED:
            person = self._create()
            response = self._send("POST", "/auth/login", json=person.model_dump())
        token = _content(response)["accessToken"]
        self._use(token)
        self._credentials = Credentials(**person.model_dump(), token=token)
        self._credentials.write(self._file)

    def _use(self, token: str) -> None:
        self._http.headers["Authorization"] = f"Bearer {token}"

    def _create(self) -> Person:
        person = Person(
            email=f"assay-command-{secrets.token_hex(4)}@example.com",
            password=secrets.token_urlsafe(24),
        )
        event = {**person.model_dump(), "name": "The assay command", "role": "admin"}
        invoke_or_fail(self._deployment, "create_user", event)
        return person


@contextmanager
def open_admin() -> Generator[Admin]:
    """The admin of the stack that runs here."""
    settings = Settings.read(os.environ)
    outputs = Outputs.read(settings.outputs)
    admin = Admin(
        outputs.api_url,
        deployment=Stack(settings=settings).deployment,
        file=settings.home / FILE,
    )
    try:
        yield admin
    finally:
        admin.close()


def _content(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else None
    problem = ApiError(response).problem
    said = problem.get("detail") or problem.get("title") or json.dumps(problem)
    code = problem.get("code", "no code")
    raise LocalStackError(
        f"The API refused: {str(said).rstrip('.')} ({response.status_code}, {code}).",
        "Correct it and try again.",
    )
