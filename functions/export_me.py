"""GET /me/export: all that is held about the caller, as one JSON document."""

from http import HTTPStatus
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.paging import Cursor, read_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.export import ExportOut
from shared.domain.assessment import AssessmentId
from shared.usecases.export_me import export_me
from shared.wiring import wiring

api = build_api()

MOST: Final = 10
"""Assessments in one document."""


@api.get(
    "/api/v1/me/export",
    tags=["Account"],
    summary="All that is held about me; the newest 10 assessments, and a cursor to older ones",
    responses=answers(ExportOut) | problems(401, 403, 404, 422),
)
def get_export(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Assessments")] = MOST,
    cursor: Cursor = None,
) -> Response[ExportOut]:
    after = read_cursor(cursor)
    holdings = export_me(
        current_caller(api),
        limit=limit,
        after=AssessmentId(after) if after else None,
        store=wiring.store,
    )
    return Response(
        status_code=HTTPStatus.OK,
        content_type=content_types.APPLICATION_JSON,
        body=ExportOut.build(holdings, now=wiring.clock.now()),
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": 'attachment; filename="assay-export.json"',
        },
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
