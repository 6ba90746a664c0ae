"""GET /me/export: all that is held about the caller, as a JSON document or as a zip of them."""

import io
from enum import StrEnum
from http import HTTPStatus
from itertools import count
from typing import Annotated, Final
from zipfile import ZIP_DEFLATED, ZipFile

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.files import download, sends_files
from shared.api.paging import Cursor, read_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.export import ExportOut
from shared.domain.assessment import AssessmentId
from shared.domain.user import Caller
from shared.ports.content_files import Download, FileType
from shared.usecases.export_me import export_me
from shared.wiring import wiring

api = build_api()

MOST: Final = 10
"""Assessments in one document."""
ZIP_FULL: Final = 1024 * 1024
"""Bytes after which a zip takes no other document: one of 4 MB of text still fits the answer."""
ANSWER: Final = answers(ExportOut)
ANSWER[HTTPStatus.OK]["content"] |= sends_files(FileType.ZIP)[HTTPStatus.OK]["content"]


class ExportFormat(StrEnum):
    JSON = "json"
    ZIP = "zip"


@api.get(
    "/api/v1/me/export",
    tags=["Account"],
    summary="All that is held about me: as JSON, the newest 10 assessments; as a zip, all of them",
    description="A document has a cursor to older assessments. `zip` holds all documents; only "
    "where they are more than an answer can carry, its last one has a cursor.",
    responses=ANSWER | problems(401, 403, 404, 422),
)
def get_export(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Assessments in a document")] = MOST,
    cursor: Cursor = None,
    format: ExportFormat = ExportFormat.JSON,
) -> Response[ExportOut | str]:
    caller, headers = current_caller(api), {"Cache-Control": "no-store"}
    if format is ExportFormat.ZIP:
        response = download(_zip(caller, limit, cursor))
        response.headers |= headers
        return response
    return Response(
        status_code=HTTPStatus.OK,
        content_type=content_types.APPLICATION_JSON,
        body=_document(caller, limit, cursor),
        headers=headers | {"Content-Disposition": 'attachment; filename="assay-export.json"'},
    )


def _document(caller: Caller, limit: int, cursor: str | None) -> ExportOut:
    after = read_cursor(cursor)
    holdings = export_me(
        caller, limit=limit, after=AssessmentId(after) if after else None, store=wiring.store
    )
    return ExportOut.build(holdings, now=wiring.clock.now())


def _zip(caller: Caller, limit: int, cursor: str | None) -> Download:
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for number in count(1):
            document = _document(caller, limit, cursor)
            text = document.model_dump_json(by_alias=True, indent=2)
            archive.writestr(f"assay-export-{number}.json", text)
            cursor = document.next_cursor
            if cursor is None or content.tell() > ZIP_FULL:
                break
    return Download(name="assay-export.zip", type=FileType.ZIP, content=content.getvalue())


lambda_handler = handler_of(api, lambda: wiring.metrics)
