import json
from pathlib import Path

import pytest

from functions import serve_docs as function
from tests.fakes.sample_world import Stage, world_at
from tests.unit.functions.serving import Serve, body_of

DOCS = {"routeKey": "GET /api/v1/docs", "rawPath": "/api/v1/docs"}


def test_the_document_is_the_one_in_the_repository(serve: Serve) -> None:
    reply = serve("serve_docs", world_at(Stage.NOBODY))

    assert (reply["statusCode"], reply["headers"]["Content-Type"]) == (200, "application/json")
    assert body_of(reply) == json.loads(
        (Path(__file__).parents[3] / "docs" / "openapi.json").read_text("utf-8")
    )


def test_the_page_is_html_with_the_document_inside(serve: Serve) -> None:
    context = {"http": {"method": "GET", "path": DOCS["rawPath"]}, "stage": "$default"}

    reply = serve("serve_docs", world_at(Stage.NOBODY), **DOCS, requestContext=context)

    assert reply["statusCode"] == 200
    assert reply["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "/api/v1/assessments/start" in reply["body"]


def test_neither_needs_the_database_or_a_caller(serve: Serve) -> None:
    world = world_at(Stage.NOBODY)
    world.store.is_available = False

    assert serve("serve_docs", world)["statusCode"] == 200


def test_the_document_is_read_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = world_at(Stage.NOBODY)
    first = serve("serve_docs", world)["body"]
    monkeypatch.setattr(function, "DOCUMENT", tmp_path / "gone.json")

    assert serve("serve_docs", world)["body"] == first
