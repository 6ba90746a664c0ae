"""Bad input of every kind, through the resolver: a 422 that points to the fault."""

import base64
import json
from typing import Any

import pytest

from shared.api.validation import field_errors
from tests.unit.api.toy import LIST, REGISTER, SAVE, START, SUBMIT, Toy, an_event

SURROGATE = '{"trackId": "\\ud800"}'
"""As it is sent: an escape that stands for half a character."""


def saving(*responses: object) -> dict[str, Any]:
    return an_event(SAVE, body={"responses": list(responses)})


@pytest.mark.parametrize(
    ("event", "faults"),
    [
        pytest.param(an_event(body={}), [("/trackId", "required")], id="missing"),
        pytest.param(an_event(body=None), [("", "required")], id="no-body"),
        pytest.param(an_event(body=""), [("", "required")], id="empty-body"),
        pytest.param(an_event(body="null"), [("", "required")], id="null"),
        pytest.param(an_event(body=[{"trackId": "x"}]), [("", "must be an object")], id="array"),
        pytest.param(an_event(body='"x"'), [("", "must be an object")], id="text"),
        pytest.param(
            an_event(body={"trackId": "x", "trackID": "y", "~a/b": 1}),
            [("/trackID", "no such field"), ("/~0a~1b", "no such field")],
            id="extra",
        ),
        pytest.param(
            an_event(body={"track_id": "x"}),
            [("/trackId", "required"), ("/track_id", "no such field")],
            id="snake-case",
        ),
        pytest.param(an_event(body={"trackId": 5}), [("/trackId", "valid string")], id="a-number"),
        pytest.param(
            an_event(body={"trackId": None}), [("/trackId", "valid string")], id="null-for-text"
        ),
        pytest.param(
            an_event(body={"trackId": ""}), [("/trackId", "at least 1 are needed")], id="empty-text"
        ),
        pytest.param(
            an_event(body={"trackId": "x", "experienceLevel": "guru"}),
            [("/experienceLevel", "'beginner', 'intermediate' or 'advanced'")],
            id="no-such-level",
        ),
        pytest.param(
            an_event(body={"trackId": "a\0b"}), [("/trackId", "may not contain NUL")], id="nul"
        ),
        pytest.param(an_event(body=SURROGATE), [("/trackId", "lone surrogates")], id="surrogate"),
        pytest.param(
            an_event(body='{"trackId": NaN}'), [("", "NaN is not JSON")], id="not-a-number"
        ),
        pytest.param(
            an_event(body='{"trackId": "x"'), [("", "at character 15")], id="malformed-json"
        ),
        pytest.param(
            an_event(body='{"trackId": ' + "[" * 50_000), [("", "nested too deeply")], id="deep"
        ),
        pytest.param(
            an_event(body='{"trackId": ' + "[" * 500 + "]" * 500 + "}"),
            [("/trackId", "valid string")],
            id="deep-but-well-formed",
        ),
        pytest.param(
            an_event(body='{"trackId": ' + "1" * 9_000 + "}"),
            [("", "too many digits")],
            id="digits",
        ),
        pytest.param(
            an_event(body=base64.b64encode(b'{"trackId":"\xff"}').decode(), is_base64=True),
            [("", "UTF-8")],
            id="not-utf-8",
        ),
        pytest.param(an_event(body="{no base64}", is_base64=True), [("", "UTF-8")], id="no-base64"),
        pytest.param(
            an_event(SUBMIT, body={"allowIncomplete": "yes"}),
            [("/allowIncomplete", "valid boolean")],
            id="yes-is-not-true",
        ),
        pytest.param(
            an_event(SUBMIT, body={"allowIncomplete": 1}),
            [("/allowIncomplete", "valid boolean")],
            id="one-is-not-true",
        ),
        pytest.param(
            an_event(SAVE, body={"responses": []}), [("/responses", "at least 1")], id="empty-list"
        ),
        pytest.param(
            saving(
                {"questionId": "q_1", "answer": {"text": "fine"}},
                {"questionId": 7, "answer": {"text": "x", "score": 10}},
                {"questionId": "q_3", "answer": {"selected": ["a", None]}},
                {"answer": {"text": "\ud800"}},
            ),
            [
                ("/responses/1/questionId", "valid string"),
                ("/responses/1/answer/score", "no such field"),
                ("/responses/2/answer/selected/1", "valid string"),
                ("/responses/3/questionId", "required"),
                ("/responses/3/answer/text", "lone surrogates"),
            ],
            id="nested",
        ),
        pytest.param(
            saving({"questionId": "q_1", "answer": {"text": "x" * 10_001}}),
            [("/responses/0/answer/text", "10001 characters; at most 10000")],
            id="an-essay-too-long",
        ),
        pytest.param(
            saving({"questionId": "q_1", "answer": {"selected": ["a"] * 21}}),
            [("/responses/0/answer/selected", "at most 20 items")],
            id="too-many-options",
        ),
        pytest.param(
            an_event(SAVE, body={"responses": [{"questionId": "q", "answer": {}}] * 101}),
            [("/responses", "at most 100 items")],
            id="too-many-responses",
        ),
        pytest.param(
            an_event(
                REGISTER, body={"email": "no address", "password": "", "name": " "}, claims=None
            ),
            [("/email", "email"), ("/password", "at least 1 are needed"), ("/name", "pattern")],
            id="an-account",
        ),
        pytest.param(
            an_event(LIST, query={"limit": "0"}), [("query/limit", "greater")], id="limit-zero"
        ),
        pytest.param(
            an_event(LIST, query={"limit": "101"}), [("query/limit", "less")], id="limit-101"
        ),
        pytest.param(
            an_event(LIST, query={"limit": "ten"}), [("query/limit", "integer")], id="limit-ten"
        ),
        pytest.param(
            an_event(LIST, query={"studentId": "x" * 65, "limit": "x", "cursor": "x" * 201}),
            [
                ("query/studentId", "at most 64"),
                ("query/limit", "integer"),
                ("query/cursor", "at most 200"),
            ],
            id="parameters",
        ),
    ],
)
def test_each_fault_is_pointed_to(
    toy: Toy, event: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    reply = toy.call(event)

    assert (reply.status, reply.content_type) == (422, "application/problem+json")
    assert reply.body["code"] == "invalid_request"
    assert reply.pointers == [pointer for pointer, _ in faults]
    for error, (_, said) in zip(reply.body["errors"], faults, strict=True):
        assert said in error["detail"]
    assert toy.calls == 0


@pytest.mark.parametrize(
    "query", [{"limit": "1"}, {"limit": "100"}, {"cursor": "x" * 200}, {"studentId": "x" * 64}]
)
def test_parameters_within_their_bounds_pass(toy: Toy, query: dict[str, str]) -> None:
    assert toy.call(an_event(LIST, query=query)).status == 200


def test_a_fault_of_our_own_validators_is_said_without_preamble(toy: Toy) -> None:
    reply = toy.call(an_event(body={"trackId": "\0"}))

    assert reply.body["errors"][0]["detail"] == "text may not contain NUL characters"


def test_the_detail_tells_the_first_fault_and_how_many_more(toy: Toy) -> None:
    reply = toy.call(an_event(body={"a": 1, "b": 2}))

    assert reply.body["detail"] == "/trackId: this field is required (and 2 more)"


def test_a_fault_of_the_whole_body_needs_no_pointer(toy: Toy) -> None:
    assert toy.call(an_event(body=[])).body["detail"] == "the body must be an object"


def test_what_was_sent_is_not_echoed(toy: Toy) -> None:
    reply = toy.call(saving({"questionId": "q_1", "answer": {"text": ["my secret answer"]}}))

    assert reply.status == 422
    assert "secret" not in json.dumps(reply.body)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 10_000, id="as-long-as-allowed"),
        pytest.param("", id="cleared"),
        pytest.param(" \n\t ", id="white-space"),
        pytest.param("😀 日本語 é \u202e", id="any-script"),
    ],
)
def test_texts_that_can_be_stored_pass(toy: Toy, text: str) -> None:
    reply = toy.call(saving({"questionId": "q_1", "answer": {"text": text}}))

    assert reply.status == 200
    assert reply.body["texts"] == [text]


def test_a_pair_of_escaped_surrogates_is_a_character(toy: Toy) -> None:
    reply = toy.call(an_event(START, body='{"trackId": "\\ud83d\\ude00"}'))

    assert reply.body["trackId"] == "😀"


def test_a_body_in_base64_is_read(toy: Toy) -> None:
    body = base64.b64encode('{"trackId":"é"}'.encode()).decode()

    assert toy.call(an_event(body=body, is_base64=True)).body["trackId"] == "é"


@pytest.mark.parametrize("body", [None, "", "null"])
def test_an_optional_body_may_be_left_out(toy: Toy, body: str | None) -> None:
    assert toy.call(an_event(SUBMIT, body=body)).body["allows"] is None


def test_there_is_always_something_to_say() -> None:
    assert field_errors([]) == [{"pointer": "", "detail": "the request is not valid"}]
