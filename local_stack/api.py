"""The client of the API behind operators' commands: calls, pages, and refusals in words."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol
from uuid import uuid4

import httpx
from pydantic import BaseModel, ConfigDict

from local_stack.errors import LocalStackError
from local_stack.student import BASE_PATH, TIMEOUT_SECONDS, ApiError

PAGE: Final = 100
LOG_IN: Final = "/auth/login"
CREATE_ADMIN: Final = "Create one: assay create-user --role admin."


class Person(BaseModel):
    model_config = ConfigDict(frozen=True)

    email: str
    password: str


LogIn = Callable[[Person], str]
"""Returns a token, or raises `RefusedError`."""


class Who(Protocol):
    """Whoever the commands act as."""

    def token(self) -> str | None:
        """Return one that is left from before, if there is."""
        ...

    def log_in(self, log_in: LogIn) -> str:
        """Return a new token, in place of none or of one that was refused."""
        ...


class RefusedError(LocalStackError):
    """The API refused; `status` and `code` are those of its problem+json."""

    def __init__(self, response: httpx.Response) -> None:
        problem = ApiError(response).problem
        said = problem.get("detail") or problem.get("title") or str(problem)
        self.status = response.status_code
        self.code = str(problem.get("code", "no code"))
        super().__init__(
            f"The API refused: {str(said).rstrip('.')} ({self.status}, {self.code}).",
            _remedy(response),
        )


class Api:
    """One caller at one stage.

    Each method returns the body of a success, None where there is none, or raises `RefusedError`
    with what the API said, and `LocalStackError` where nothing answers.
    """

    def __init__(
        self,
        api_url: str,
        who: Who,
        *,
        is_local: bool = True,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=api_url + BASE_PATH,
            timeout=TIMEOUT_SECONDS,
            transport=transport,
            # No proxy can reach this machine.
            trust_env=not is_local,
        )
        self._who = who
        self._is_local = is_local
        self._use(who.token())

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: object) -> Any:
        return _content(self._call("GET", path, params=_given(query)))

    def download(self, path: str, **query: object) -> httpx.Response:
        """Return the whole answer, whose body is a file."""
        return self._call("GET", path, params=_given(query))

    def items(self, path: str, *, limit: int | None = None, **query: object) -> list[Any]:
        """Return up to `limit` items of a list, page by page; all if it is None."""
        items: list[Any] = []
        cursor = None
        while limit is None or len(items) < limit:
            size = min(PAGE, PAGE if limit is None else limit - len(items))
            page = self.get(path, limit=size, cursor=cursor, **query)
            items += page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                break
        return items

    def post(self, path: str, body: object = None) -> Any:
        key = {"Idempotency-Key": str(uuid4())}
        return _content(self._call("POST", path, json=body, headers=key))

    def upload(self, path: str, content: bytes, media_type: str, **query: object) -> Any:
        headers = {"Content-Type": media_type}
        return _content(
            self._call("POST", path, content=content, headers=headers, params=_given(query))
        )

    def patch(self, path: str, body: object) -> Any:
        return _content(self._call("PATCH", path, json=body))

    def delete(self, path: str) -> None:
        self._call("DELETE", path)

    def token(self) -> str:
        """Return one that is good now."""
        self._call("GET", "/me")
        return self._http.headers["Authorization"].removeprefix("Bearer ")

    def _call(self, method: str, path: str, **sent: Any) -> httpx.Response:
        if "Authorization" not in self._http.headers:
            self._use(self._who.log_in(self._log_in))
        response = self._send(method, path, **sent)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            self._use(self._who.log_in(self._log_in))
            response = self._send(method, path, **sent)
        if not response.is_success:
            raise RefusedError(response)
        return response

    def _log_in(self, person: Person) -> str:
        response = self._send("POST", LOG_IN, json=person.model_dump())
        if not response.is_success:
            raise RefusedError(response)
        return response.json()["accessToken"]

    def _use(self, token: str | None) -> None:
        if token is not None:
            self._http.headers["Authorization"] = f"Bearer {token}"

    def _send(self, method: str, path: str, **sent: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **sent)
        except httpx.TimeoutException:
            raise LocalStackError(
                f"The API did not answer within {TIMEOUT_SECONDS:g} s.",
                "See what the functions logged: assay logs.",
            ) from None
        except httpx.TransportError as error:
            raise LocalStackError(
                f"The API at {self._http.base_url.host} does not answer: "
                f"{str(error) or type(error).__name__}.",
                "Start it: make up. See what runs: assay status."
                if self._is_local
                else "Check the network, and whether --stage, --profile and --region are meant.",
            ) from None


def _content(response: httpx.Response) -> Any:
    return response.json() if response.content else None


def _given(query: Mapping[str, object]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}


def _remedy(response: httpx.Response) -> str:
    match response.status_code:
        case HTTPStatus.UNAUTHORIZED:
            return f"Name an admin by --email, and their password. {CREATE_ADMIN}"
        case HTTPStatus.FORBIDDEN:
            return f"Only admins may: name one by --email. {CREATE_ADMIN}"
        case HTTPStatus.TOO_MANY_REQUESTS:
            wait = response.headers.get("retry-after")
            return f"Wait {wait} seconds." if wait else "Wait a minute."
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "See what the functions logged: assay logs."
        case _:
            return "Correct it and try again."
