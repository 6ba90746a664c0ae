"""What docs/openapi.json promises of every route; `make check` holds it to the functions."""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.api.routes import ROUTES

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"


def operations() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in json.loads(DOCUMENT.read_text("utf-8"))["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_what_is_called_the_same_in_the_document_is_the_same() -> None:
    """The functions' documents are merged, and of two schemas of one name the last would stay."""
    schemas: dict[str, object] = {}
    for name in sorted({route.function for route in ROUTES}):
        document = json.loads(import_module(f"functions.{name}").api.get_openapi_json_schema())
        for schema, definition in document["components"]["schemas"].items():
            assert schemas.setdefault(schema, definition) == definition, (schema, name)


def test_who_may_send_a_key_or_a_parameter_is_told_that_it_may_be_refused() -> None:
    for label, operation in operations():
        places = {parameter["in"] for parameter in operation.get("parameters", [])}
        if places & {"query", "header"} or "requestBody" in operation:
            assert "422" in operation["responses"], label
        if "header" in places:
            assert "409" in operation["responses"], label


def test_what_any_request_may_meet_is_documented_everywhere() -> None:
    for label, operation in operations():
        assert {"413", "415", "500", "503"} <= operation["responses"].keys(), label


def test_headers_that_clients_go_by_are_documented() -> None:
    for label, operation in operations():
        for status, response in operation["responses"].items():
            headers = response.get("headers", {})
            assert ("Retry-After" in headers) >= (status in {"429", "503"}), (label, status)
            assert ("WWW-Authenticate" in headers) == (status == "401"), (label, status)
            takes_key = any(p["name"] == "idempotency-key" for p in operation.get("parameters", []))
            is_replayable = takes_key and status.startswith("2")
            assert ("Idempotency-Replayed" in headers) == is_replayable, (label, status)


def test_a_file_is_documented_as_what_it_is_to_its_reader() -> None:
    contents = [
        (media_type, content)
        for _, operation in operations()
        for part in (operation.get("requestBody", {}), *operation["responses"].values())
        for media_type, content in part.get("content", {}).items()
    ]

    assert {kind for kind, _ in contents} >= {"application/zip", "application/yaml", "text/csv"}
    for media_type, content in contents:
        assert content["schema"].get("format") != "binary", media_type
