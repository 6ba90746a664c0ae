"""GET /assessments: one's own, or for staff a student's."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.assessments import AssessmentOut, AssessmentPage
from shared.domain.assessment import AssessmentId
from shared.domain.user import UserId
from shared.usecases.list_assessments import list_assessments
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/assessments",
    tags=["Assessments"],
    summary="My assessments, newest first; staff may name a student",
    responses=answers(AssessmentPage) | problems(401, 403, 422),
)
def get_assessments(
    student_id: Annotated[str | None, Query(alias="studentId", max_length=64)] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AssessmentPage:
    after = read_cursor(cursor)
    page = list_assessments(
        UserId(student_id) if student_id else None,
        current_caller(api),
        limit=limit,
        after=AssessmentId(after) if after else None,
        store=wiring.store,
    )
    now = wiring.clock.now()
    return AssessmentPage(
        items=[AssessmentOut.of(a, a.status_at(now)) for a in page.items],
        next_cursor=write_cursor(page.next_cursor) if page.next_cursor else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
