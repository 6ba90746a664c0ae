"""Bad input of every kind is refused with a clear problem, and loses nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.e2e.driver import JSON, Attempt, Student, saved_answers

MEGABYTE: Final = 1024 * 1024
ESSAY: Final = "«essay»"
CHOICE: Final = "«choice»"
"""Stand for the ids of an essay and of a theoretical question of the assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A body for `PUT /assessments/{id}/responses`, and what is said of it."""

    name: str
    body: bytes
    status: int = 422
    code: str = "invalid_request"
    pointer: str | None = None
    content_type: str | None = JSON


def _response(answer: Any, *, to: str = ESSAY) -> bytes:
    return json.dumps({"responses": [{"questionId": to, "answer": answer}]}).encode()


ANSWER: Final = "/responses/0/answer"
BAD: Final = [
    # Not JSON at all.
    Bad(name="malformed JSON", body=b'{"responses": [', pointer=""),
    Bad(name="an empty body", body=b""),
    Bad(name="JSON with a trailing comma", body=b'{"responses": [],}', pointer=""),
    Bad(name="two documents", body=b"{}{}", pointer=""),
    Bad(name="NaN", body=b'{"responses": NaN}', pointer=""),
    Bad(name="bytes that are not UTF-8", body=b'\xff\xfe{"responses": []}', pointer=""),
    Bad(name="deep nesting", body=b"[" * 100_000, pointer=""),
    Bad(name="deep nesting, closed", body=b"[" * 50_000 + b"]" * 50_000),
    # JSON of another kind than said.
    Bad(
        name="a form",
        body=b"responses=1",
        status=415,
        code="unsupported_media_type",
        content_type="application/x-www-form-urlencoded",
    ),
    Bad(
        name="text",
        body=_response({"text": "x"}),
        status=415,
        code="unsupported_media_type",
        content_type="text/plain",
    ),
    # The wrong shape.
    Bad(name="a list", body=b"[]"),
    Bad(name="null", body=b"null"),
    Bad(name="a number", body=b"42"),
    Bad(name="no fields", body=b"{}", pointer="/responses"),
    Bad(name="no responses", body=b'{"responses": []}', pointer="/responses"),
    Bad(name="responses as text", body=b'{"responses": "x"}', pointer="/responses"),
    Bad(name="too many responses", body=b'{"responses": [' + b"{}," * 100 + b"{}]}"),
    Bad(name="an unknown field", body=b'{"responses": [], "grade": 10}', pointer="/grade"),
    Bad(
        name="a field in snake case",
        body=b'{"responses": [{"question_id": "x", "answer": {}}]}',
        pointer="/responses/0/questionId",
    ),
    Bad(name="a number as id", body=_response({"text": "x"}, to="«1»"), pointer=None),
    Bad(name="a number as text", body=_response({"text": 5}), pointer=f"{ANSWER}/text"),
    Bad(name="an object as text", body=_response({"text": {}}), pointer=f"{ANSWER}/text"),
    Bad(name="an answer as text", body=_response("x"), pointer=ANSWER),
    Bad(
        name="an option as text",
        body=_response({"selected": "a"}, to=CHOICE),
        pointer=f"{ANSWER}/selected",
    ),
    Bad(
        name="numbers as options",
        body=_response({"selected": [1]}, to=CHOICE),
        pointer=f"{ANSWER}/selected/0",
    ),
    # The right shape, and not an answer to this question.
    Bad(
        name="an option for an essay",
        body=_response({"selected": ["a"]}),
        code="invalid_input",
        pointer=f"{ANSWER}/text",
    ),
    Bad(
        name="a text for a choice",
        body=_response({"text": "a"}, to=CHOICE),
        code="invalid_input",
        pointer=f"{ANSWER}/selected",
    ),
    Bad(
        name="an unknown option",
        body=_response({"selected": ["zz"]}, to=CHOICE),
        code="invalid_input",
        pointer=f"{ANSWER}/selected",
    ),
    Bad(
        name="an option twice",
        body=_response({"selected": ["a", "a"]}, to=CHOICE),
        code="invalid_input",
        pointer=f"{ANSWER}/selected",
    ),
    Bad(
        name="an unknown question",
        body=_response({"text": "x"}, to="019b7a00-0000-7000-8000-000000000000"),
        code="unknown_question",
        pointer="/responses/0/questionId",
    ),
    Bad(
        name="a question id that is none",
        body=_response({"text": "x"}, to="'; DROP TABLE users --"),
        code="unknown_question",
        pointer="/responses/0/questionId",
    ),
    # Text that cannot be kept.
    Bad(
        name="an essay of a megabyte",
        body=_response({"text": "x" * MEGABYTE}),
        status=413,
        code="body_too_large",
    ),
    Bad(
        name="one character too many",
        body=_response({"text": "x" * 10_001}),
        pointer=f"{ANSWER}/text",
    ),
    Bad(
        name="one emoji too many",
        body=_response({"text": "😀" * 10_001}),
        pointer=f"{ANSWER}/text",
    ),
    Bad(name="a NUL", body=_response({"text": "a\0b"}), pointer=f"{ANSWER}/text"),
    Bad(
        name="a lone surrogate",
        body=_response({"text": "a\ud800b"}),
        pointer=f"{ANSWER}/text",
    ),
    Bad(
        name="surrogates the wrong way round",
        body=_response({"text": "\udc00\ud800"}),
        pointer=f"{ANSWER}/text",
    ),
    Bad(
        name="a NUL in an option",
        body=_response({"selected": ["\0"]}, to=CHOICE),
        pointer=f"{ANSWER}/selected/0",
    ),
    Bad(name="a NUL in an id", body=_response({"text": "x"}, to="\0")),
]


@pytest.fixture(scope="module")
def attempt(student: Student) -> Attempt:
    return student.answer_all()


@pytest.fixture
def unharmed(student: Student, attempt: Attempt) -> Iterator[None]:
    """Holds the test to it that nothing that was saved is lost or changed."""
    before = student.get(attempt.path).expect(200)
    yield
    assert student.get(attempt.path).expect(200) == before
    assert before["status"] == "in_progress"
    assert saved_answers(before) == {r["questionId"]: r["answer"] for r in attempt.responses}


def _fill_in(body: bytes, attempt: Attempt) -> bytes:
    ids = {ESSAY: next(iter(attempt.essays)), CHOICE: attempt.questions[0]["id"]}
    for name, value in ids.items():
        body = body.replace(json.dumps(name).encode(), json.dumps(value).encode())
    return body.replace(json.dumps("«1»").encode(), b"1")


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_body_is_refused(bad: Bad, student: Student, attempt: Attempt) -> None:
    reply = student.send(
        "PUT",
        f"{attempt.path}/responses",
        _fill_in(bad.body, attempt),
        content_type=bad.content_type,
    )

    problem = reply.expect_problem(bad.status, bad.code)
    if bad.status == 422:
        assert problem["errors"]
        assert all(error["detail"] for error in problem["errors"])
    if bad.pointer is not None:
        assert bad.pointer in {error["pointer"] for error in problem["errors"]}
    assert "xxxxxxxx" not in reply.text, "what was sent is not echoed"
    assert "Traceback" not in reply.text


@pytest.mark.usefixtures("unharmed")
def test_one_bad_answer_keeps_the_whole_batch_from_being_saved(
    student: Student, attempt: Attempt
) -> None:
    essay, choice = next(iter(attempt.essays)), attempt.questions[0]["id"]
    body = {
        "responses": [
            {"questionId": essay, "answer": {"text": "Replaced?"}},
            {"questionId": choice, "answer": {"selected": ["nonsense"]}},
        ]
    }

    problem = student.put(f"{attempt.path}/responses", body).expect_problem(422, "invalid_input")

    assert [e["pointer"] for e in problem["errors"]] == ["/responses/1/answer/selected"]


@pytest.mark.usefixtures("unharmed")
def test_questions_of_another_assessment_are_unknown_in_this_one(
    student: Student, attempt: Attempt
) -> None:
    other = student.start("data-analyst")

    for response in other.responses:
        problem = student.post(f"{attempt.path}/answer", response).expect_problem(
            422, "unknown_question"
        )
        assert [e["pointer"] for e in problem["errors"]] == ["/questionId"]


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"allowIncomplete": "yes"}', "/allowIncomplete"),
        (b'{"allowIncomplete": 1}', "/allowIncomplete"),
        (b'{"force": true}', "/force"),
        (b"[]", ""),
        (b"{", ""),
    ],
)
@pytest.mark.parametrize("route", ["submit", "complete"])
def test_a_bad_submission_submits_nothing(
    student: Student, attempt: Attempt, route: str, body: bytes, pointer: str
) -> None:
    problem = student.send("POST", f"{attempt.path}/{route}", body).expect_problem(
        422, "invalid_request"
    )

    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(student: Student, attempt: Attempt, key: str) -> None:
    reply = student.send("POST", f"{attempt.path}/submit", b"{}", headers={"Idempotency-Key": key})

    reply.expect_problem(422, "invalid_input")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/trackId"}),
        ({"trackId": ""}, {"/trackId"}),
        ({"trackId": 7}, {"/trackId"}),
        ({"trackId": "backend-engineer", "experienceLevel": "wizard"}, {"/experienceLevel"}),
        ({"trackId": "backend-engineer", "seed": 1}, {"/seed"}),
    ],
)
def test_a_bad_start_is_refused(student: Student, body: object, pointers: set[str]) -> None:
    problem = student.post("/assessments/start", body).expect_problem(422, "invalid_request")

    assert {error["pointer"] for error in problem["errors"]} == pointers


def test_an_unknown_track_does_not_exist(student: Student) -> None:
    student.post("/assessments/start", {"trackId": "alchemist"}).expect_problem(404, "not_found")
    student.get("/tracks/alchemist").expect_problem(404, "not_found")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=%00", "cursor=not-a-cursor"]
)
def test_a_bad_page_is_refused(student: Student, query: str) -> None:
    for path in ("/assessments", "/tracks"):
        refused = student.get(f"{path}?{query}")
        assert refused.status == 422, (path, refused.text)
        assert refused.body["code"] in {"invalid_request", "invalid_input"}
        assert refused.body["errors"][0]["pointer"] == f"query/{query.partition('=')[0]}"


@pytest.mark.parametrize("wait", ["-1", "26", "long"])
def test_a_bad_wait_submits_nothing(student: Student, attempt: Attempt, wait: str) -> None:
    student.post(f"{attempt.path}/complete?wait={wait}", {}).expect_problem(422, "invalid_request")

    assert student.status(attempt)["status"] == "in_progress"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"email": "a@b"}, "/email"),
        ({"email": "x" * 250 + "@example.com"}, "/email"),
        ({"email": "nul\0@example.com"}, "/email"),
        ({"password": "short"}, "/password"),
        ({"password": "x" * 73}, "/password"),
        ({"password": "ü" * 37}, "/password"),
        ({"name": ""}, "/name"),
        ({"name": "   "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"name": "\ud800"}, "/name"),
        ({"role": "admin"}, "/role"),
    ],
)
def test_a_bad_registration_is_refused(
    student: Student, change: dict[str, str], pointer: str
) -> None:
    good = {"email": "new@example.com", "password": "long enough to be one", "name": "New"}

    refused = student.holding(None).post("/auth/register", good | change)

    assert refused.status == 422, refused.text
    assert [error["pointer"] for error in refused.body["errors"]] == [pointer]


def test_text_of_any_script_comes_back_as_it_was_sent(student: Student) -> None:
    attempt = student.start()
    essay = next(iter(attempt.essays))
    text = "naïve 文字 עברית 👩‍💻 e\u0301 \u202e \\u0000 <script> '; -- \r\n\t\x7f \U0001d518"

    student.save(attempt, [{"questionId": essay, "answer": {"text": text}}])

    assert saved_answers(student.get(attempt.path).expect(200))[essay] == {"text": text}


def test_an_essay_may_be_as_long_as_its_question_says(student: Student) -> None:
    attempt = student.start()
    question = next(q for q in attempt.questions if q["type"] == "essay")
    longest = "é" * question["maxLength"]

    saved = student.save(attempt, [{"questionId": question["id"], "answer": {"text": longest}}])

    assert saved["answered"] == 1
    longer = {"questionId": question["id"], "answer": {"text": f"{longest}é"}}
    problem = student.post(f"{attempt.path}/answer", longer).body
    assert problem["status"] == 422
    assert [error["pointer"] for error in problem["errors"]] == ["/answer/text"]
    assert saved_answers(student.get(attempt.path).expect(200))[question["id"]] == {"text": longest}
