"""Speak to the deployed stack as its clients do: the public API and nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from shared.api.routes import BASE_PATH
from tests.e2e.answers import Response, respond
from tests.e2e.polling import eventually

TRACK: Final = "backend-engineer"
PASSWORD: Final = "correct horse battery staple"
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
PIPELINE_SECONDS: Final = 90.0
"""In which an assessment is completed even when every job goes through all its deliveries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    request: str
    status: int
    headers: httpx.Headers
    text: str
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None

    def expect(self, status: int) -> Any:
        """Return the body of a reply with this status."""
        assert self.status == status, f"{self.request}: {self.status} {self.text[:1000]}"
        return self.body

    def expect_problem(self, status: int, code: str) -> Any:
        """Return the problem document (RFC 9457), which says how it went wrong."""
        problem = self.expect(status)
        assert self.headers["content-type"] == PROBLEM, self.headers
        assert (problem["status"], problem["code"]) == (status, code), problem
        assert problem["type"].endswith(code.replace("_", "-")), problem
        assert problem["title"], problem
        assert problem["detail"], problem
        assert problem["instance"].startswith(BASE_PATH), problem
        return problem


class Client:
    """One caller; nobody in particular without a token."""

    def __init__(self, http: httpx.Client, token: str | None = None) -> None:
        self._http = http
        self.token = token

    def call(self, method: str, path: str, body: object = None, *, key: str | None = None) -> Reply:
        """Send a body as JSON; `key` is the Idempotency-Key."""
        content = None if body is None else json.dumps(body).encode()
        return self.send(
            method,
            path,
            content,
            content_type=JSON if content is not None else None,
            headers={"Idempotency-Key": key} if key else {},
        )

    def send(
        self,
        method: str,
        path: str,
        content: bytes | None,
        *,
        content_type: str | None = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send these very bytes."""
        sent = dict(headers or {})
        if content_type:
            sent["Content-Type"] = content_type
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        reply = self._http.request(method, BASE_PATH + path, content=content, headers=sent)
        return Reply(
            request=f"{method} {path}",
            status=reply.status_code,
            headers=reply.headers,
            text=reply.text,
            content=reply.content,
        )

    def get(self, path: str) -> Reply:
        return self.call("GET", path)

    def post(self, path: str, body: object = None, *, key: str | None = None) -> Reply:
        return self.call("POST", path, body, key=key)

    def put(self, path: str, body: object) -> Reply:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: object) -> Reply:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", path)

    def holding(self, token: str | None) -> "Client":
        """Return another client with this token."""
        return Client(self._http, token)


def saved_answers(opened: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of an opened assessment by question, without what is null in them."""
    return {
        r["questionId"]: {kind: value for kind, value in r["answer"].items() if value is not None}
        for r in opened["responses"]
    }


class Person(Client):
    """Somebody with an account and a session."""

    def __init__(self, http: httpx.Client, email: str, tokens: Mapping[str, Any]) -> None:
        super().__init__(http, tokens["accessToken"])
        self.email = email
        self.id: str = tokens["user"]["id"]
        self.refresh_token: str = tokens["refreshToken"]

    @classmethod
    def log_in(cls, http: httpx.Client, email: str) -> Self:
        tokens = Client(http).post("/auth/login", {"email": email, "password": PASSWORD})
        return cls(http, email, tokens.expect(200))

    def on_another_device(self) -> Self:
        return self.log_in(self._http, self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An assessment as its student knows it."""

    id: str
    started: Mapping[str, Any]
    """The answer to the start."""
    responses: Sequence[Response]
    """What there is to say to each question."""

    @property
    def path(self) -> str:
        return f"/assessments/{self.id}"

    @property
    def questions(self) -> Sequence[Mapping[str, Any]]:
        return self.started["questions"]

    @property
    def essays(self) -> Mapping[str, str]:
        """The text of each essay by its question."""
        ids = {q["id"] for q in self.questions if q["type"] == "essay"}
        return {
            r["questionId"]: r["answer"]["text"] for r in self.responses if r["questionId"] in ids
        }


class Student(Person):
    """Someone who takes assessments."""

    @classmethod
    def register(cls, http: httpx.Client) -> Self:
        email = f"student-{uuid4().hex}@example.com"
        body = {"email": email, "password": PASSWORD, "name": "Sample Student"}
        Client(http).post("/auth/register", body).expect(201)
        return cls.log_in(http, email)

    def start(self, track: str = TRACK, **said: object) -> Attempt:
        """Start an assessment; `said` goes into the request as well."""
        started = self.post("/assessments/start", {"trackId": track, **said}).expect(201)
        return Attempt(
            id=started["assessmentId"],
            started=started,
            responses=respond(track, started["questions"]),
        )

    def answer_all(self, *, essay: str | None = None, **said: object) -> Attempt:
        """Start an assessment and answer every question; `essay` replaces the first essay."""
        attempt = self.start(TRACK, **said)
        if essay is not None:
            replaced = next(iter(attempt.essays))
            for response in attempt.responses:
                if response["questionId"] == replaced:
                    response["answer"] = {"text": essay}
        self.save(attempt, attempt.responses)
        return attempt

    def save(self, attempt: Attempt, responses: Sequence[Response]) -> Any:
        body = {"responses": list(responses)}
        return self.put(f"{attempt.path}/responses", body).expect(200)

    def submit(self, attempt: Attempt) -> Any:
        return self.post(f"{attempt.path}/submit", {}, key=uuid4().hex).expect(202)

    def status(self, attempt: Attempt) -> Any:
        return self.get(f"{attempt.path}/status").expect(200)

    def wait(self, attempt: Attempt, *, at_most: float = PIPELINE_SECONDS) -> Any:
        """Return the last status, once scoring has come to an end."""

        def ended() -> Any:
            status = self.status(attempt)
            return status if status["status"] in {"completed", "failed"} else None

        return eventually(ended, at_most=at_most, what=f"end of assessment {attempt.id}")

    def result(self, attempt: Attempt) -> Any:
        return self.get(f"{attempt.path}/result").expect(200)

    def take(self, *, essay: str | None = None, **said: object) -> tuple[Attempt, Any]:
        """Go all the way and return the result."""
        attempt = self.answer_all(essay=essay, **said)
        self.submit(attempt)
        assert self.wait(attempt)["status"] == "completed"
        return attempt, self.result(attempt)


def as_students_see(result: dict[str, Any]) -> dict[str, Any]:
    """Return the result without what staff alone are shown: all that was weighed."""
    recommendation = result["recommendation"]
    trace = recommendation["trace"] | {"ranking": None}
    return result | {"recommendation": recommendation | {"trace": trace}}
