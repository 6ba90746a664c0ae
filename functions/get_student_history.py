"""GET /advisor/students/{studentId}/history: how one student has done over time."""

from shared.api.app import build_api, handler_of
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.cohort import HistoryEntryOut, HistoryOut
from shared.domain.assessment import AssessmentId
from shared.domain.user import UserId
from shared.usecases.get_student_history import get_student_history
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/advisor/students/<studentId>/history",
    tags=["Reviews"],
    summary="A student's assessments with their scores by domain, newest first",
    responses=answers(HistoryOut) | problems(401, 403, 404, 422),
)
def get_history(
    studentId: str,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> HistoryOut:
    after = read_cursor(cursor)
    history = get_student_history(
        UserId(studentId),
        limit=limit,
        after=AssessmentId(after) if after else None,
        store=wiring.store,
    )
    now = wiring.clock.now()
    return HistoryOut(
        student_id=history.student.id,
        student_name=history.student.name,
        items=[HistoryEntryOut.build(entry, now) for entry in history.items],
        next_cursor=write_cursor(history.next_cursor) if history.next_cursor else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
