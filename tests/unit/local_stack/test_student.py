import json

import httpx
import pytest

from local_stack.student import Answer, ApiError, Student

TRACK = {"id": "t", "name": "T", "description": "D", "estimatedMinutes": 15, "skillFocus": ["sql"]}
QUESTION = {"id": "q", "position": 1, "type": "essay", "prompt": "Why?", "domain": "d"}
STARTED = {"assessmentId": "a1", "trackId": "t", "questions": [QUESTION], "resumeToken": "unread"}
SAVED = {"saved": 1, "answered": 1, "total": 10}


class FakeApi(httpx.MockTransport):
    """Answers each path with a canned body, and keeps the requests."""

    def __init__(self, **replies: tuple[int, object]) -> None:
        super().__init__(self._answer)
        self.requests: list[httpx.Request] = []
        self._replies = {f"/base/api/v1/{path}": reply for path, reply in replies.items()}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status, body = self._replies[request.url.path]
        return httpx.Response(status, json=body)


def a_student(api: FakeApi) -> Student:
    return Student("http://localhost:4566/base", transport=api)


def test_after_logging_in_every_call_carries_the_token() -> None:
    api = FakeApi(
        **{"auth/login": (200, {"accessToken": "t0k3n"}), "tracks": (200, {"items": [TRACK]})}
    )
    with a_student(api) as student:
        student.log_in("sam@example.edu", "a password")
        assert [track.id for track in student.tracks()] == ["t"]

    assert api.requests[-1].headers["authorization"] == "Bearer t0k3n"


def test_what_creates_something_carries_an_idempotency_key() -> None:
    api = FakeApi(**{"assessments/start": (201, STARTED), "assessments/a1/submit": (202, {"a": 1})})
    with a_student(api) as student:
        student.submit(student.start("t").assessment_id)

    keys = [request.headers["idempotency-key"] for request in api.requests]
    assert len(set(keys)) == 2


def test_an_answer_has_only_the_field_that_it_uses() -> None:
    api = FakeApi(**{"assessments/a1/answer": (200, SAVED)})
    with a_student(api) as student:
        student.answer("a1", "q1", Answer(text="because"))

    assert json.loads(api.requests[0].content) == {
        "questionId": "q1",
        "answer": {"text": "because"},
    }


def test_a_refusal_says_what_the_api_said() -> None:
    api = FakeApi(tracks=(401, {"code": "unauthorized", "title": "Unauthorized"}))
    with a_student(api) as student, pytest.raises(ApiError, match="unauthorized") as raised:
        student.tracks()

    assert raised.value.status == 401
    assert raised.value.problem["code"] == "unauthorized"
