"""GET /openapi.json and GET /docs: the API's document, and a page to read it that works offline."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.types import (
    OpenAPIResponse,
    OpenAPIResponseContentSchema,
)

from shared.api.app import build_api, handler_of
from shared.api.docs_page import render
from shared.api.problem import answers, problems
from shared.wiring import wiring

api = build_api()

HTML: Final[OpenAPIResponseContentSchema] = {"schema": {"type": "string"}}
DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "openapi.json"


@cache
def _document() -> str:
    return DOCUMENT.read_text("utf-8")


@api.get(
    "/api/v1/openapi.json",
    tags=["Operations"],
    summary="This document",
    responses=answers(dict[str, Any]) | problems(),
)
def get_openapi() -> dict[str, Any]:
    return json.loads(_document())


@api.get(
    "/api/v1/docs",
    tags=["Operations"],
    summary="This document as a page",
    responses={200: OpenAPIResponse(description="HTML", content={"text/html": HTML})} | problems(),
)
def get_docs() -> Response[str]:
    # Relative to the page, so that it calls the API it was fetched from, whatever host and prefix.
    server = "../.."
    return Response(
        status_code=200,
        content_type="text/html; charset=utf-8",
        body=render(server, _document()),
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
