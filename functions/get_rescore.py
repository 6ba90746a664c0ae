"""GET /admin/rescores/{rescoreId}: how far it is, who moves and who crosses a band."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.rescores import RescorePageOut
from shared.domain.assessment import AssessmentId
from shared.domain.rescore import RescoreId, Shown
from shared.usecases.get_rescore import get_rescore
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/rescores/<rescoreId>",
    tags=["Administration"],
    summary="How far a rescore is, who moves, and who crosses a band",
    description="Of a dry run, who would. It is at its end once `finishedAt` is set.",
    responses=answers(RescorePageOut) | problems(401, 403, 404, 422),
)
def get_one_rescore(
    rescoreId: str,
    show: Annotated[Shown, Query(description="Which assessments to list")] = Shown.ALL,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> RescorePageOut:
    after = read_cursor(cursor)
    page = get_rescore(
        RescoreId(rescoreId),
        shown=show,
        limit=limit,
        after=AssessmentId(after) if after else None,
        store=wiring.store,
    )
    return RescorePageOut.build(
        page.rescore,
        page.counts,
        page.items,
        write_cursor(page.next_cursor) if page.next_cursor else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
