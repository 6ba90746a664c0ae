import base64
import json

import pytest
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from shared.api.body import (
    JSON_BODY,
    MAX_BODY_BYTES,
    body_size,
    is_accepted,
    is_text,
    raw_body,
    read_json,
)


def encoded(body: bytes) -> str:
    return base64.b64encode(body).decode()


class TestSize:
    @pytest.mark.parametrize(
        ("body", "size"),
        [
            pytest.param(None, 0, id="none"),
            pytest.param("", 0, id="empty"),
            pytest.param("abc", 3, id="ascii"),
            pytest.param("日本", 6, id="bytes-not-characters"),
            pytest.param("\ud800", 3, id="even-of-what-is-no-unicode"),
        ],
    )
    def test_it_is_in_bytes(self, body: str | None, size: int) -> None:
        assert body_size({"body": body, "isBase64Encoded": False}) == size

    @pytest.mark.parametrize("size", [0, 1, 2, 3, 1000, MAX_BODY_BYTES])
    def test_of_base64_it_is_that_of_what_was_sent(self, size: int) -> None:
        event = {"body": encoded(b"x" * size), "isBase64Encoded": True}

        assert 0 <= body_size(event) - size <= 2


class TestKind:
    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("application/json", "{}"),
            ("application/json; charset=utf-8", "{}"),
            ("application/json ;charset=utf-8", "{}"),
            pytest.param("", "{}", id="unsaid"),
            pytest.param("text/html", None, id="no-body-no-kind"),
            pytest.param("application/x-www-form-urlencoded", "", id="curl-without-data"),
        ],
    )
    def test_json_and_what_does_not_say_are_taken(
        self, content_type: str, body: str | None
    ) -> None:
        event = {"headers": {"content-type": content_type}, "body": body}

        assert is_accepted(event, JSON_BODY)

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("text/plain", "{}"),
            ("application/xml", "<a/>"),
            ("application/x-www-form-urlencoded", "trackId=x"),
            ("application/jsonp", "{}"),
            ("multipart/form-data; boundary=x", "--x--"),
            pytest.param("multipart/form-data", None, id="which-fails-even-when-empty"),
        ],
    )
    def test_other_kinds_are_not(self, content_type: str, body: str | None) -> None:
        event = {"headers": {"content-type": content_type}, "body": body}

        assert not is_accepted(event, JSON_BODY)

    def test_an_event_may_come_without_headers(self) -> None:
        assert is_accepted({"body": "{}"}, JSON_BODY)


class TestText:
    @pytest.mark.parametrize("body", [b"", b"{}", "é日😀".encode()])
    def test_utf_8_is_text(self, body: bytes) -> None:
        assert is_text({"body": encoded(body), "isBase64Encoded": True})

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(encoded(b"\xff\xfe"), id="other-bytes"),
            pytest.param(encoded("é".encode("latin-1")), id="latin-1"),
            pytest.param(encoded(b"\xed\xa0\x80"), id="a-lone-surrogate"),
            pytest.param("{not base64}", id="no-base64"),
            pytest.param(f"{encoded(b'{}')}!", id="base64-and-more"),
            pytest.param("é", id="no-ascii"),
        ],
    )
    def test_other_bytes_are_not(self, body: str) -> None:
        assert not is_text({"body": body, "isBase64Encoded": True})


class TestRawBody:
    def test_it_is_what_was_sent_however_the_gateway_passed_it_on(self) -> None:
        sent = '{"text":"é"}'

        plain = raw_body({"body": sent, "isBase64Encoded": False})
        wrapped = raw_body({"body": encoded(sent.encode()), "isBase64Encoded": True})

        assert plain == wrapped == sent.encode()

    def test_none_is_empty(self) -> None:
        assert raw_body({"body": None}) == raw_body({}) == b""

    def test_what_cannot_be_decoded_is_empty(self) -> None:
        assert raw_body({"body": "x", "isBase64Encoded": True}) == b""


class TestReading:
    def test_an_object_is_read(self) -> None:
        assert read_json('{"a": [1, 2.5, null, "é"]}') == {"a": [1, 2.5, None, "é"]}

    def test_null_is_no_body(self) -> None:
        assert read_json("null") is None

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            pytest.param('{"a":', "Expecting value", id="cut-off"),
            pytest.param("{'a': 1}", "double quotes", id="other-quotes"),
            pytest.param('{"a": 1} x', "Extra data", id="more-than-one-value"),
            pytest.param('{"a": NaN}', "NaN is not JSON", id="nan"),
            pytest.param('{"a": -Infinity}', "-Infinity is not JSON", id="infinity"),
            pytest.param('{"a": ' + "[" * 100_000, "nested too deeply", id="deep-arrays"),
            pytest.param('{"a": ' * 100_000, "nested too deeply", id="deep-objects"),
            pytest.param('{"a": ' + "9" * 5_000 + "}", "too many digits", id="endless-number"),
            pytest.param('{"a": "\n"}', "Invalid control character", id="a-raw-line-break"),
            pytest.param("\ufeff{}", "BOM", id="a-byte-order-mark"),
        ],
    )
    def test_what_is_no_json_is_refused(self, text: str, fault: str) -> None:
        with pytest.raises(json.JSONDecodeError, match=fault):
            read_json(text)

    @pytest.mark.parametrize("text", ["[]", '[{"a": 1}]', '"a"', "1", "true"])
    def test_what_is_no_object_is_refused(self, text: str) -> None:
        with pytest.raises(RequestValidationError) as caught:
            read_json(text)

        assert [(e["loc"], e["msg"]) for e in caught.value.errors()] == [
            (("body",), "the body must be an object")
        ]
