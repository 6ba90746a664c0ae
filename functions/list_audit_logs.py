"""GET /admin/audit-logs: who changed what, and when."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.moments import DESCRIPTION, read_period
from shared.api.paging import Cursor, Limit, read_number, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.administration import AuditEntryOut, AuditPageOut
from shared.api.schemas.base import Text
from shared.domain.audit import AuditFilter
from shared.usecases.list_audit_logs import list_audit_logs
from shared.wiring import wiring

api = build_api()

Word = Annotated[Text | None, Query(max_length=200)]


@api.get(
    "/api/v1/admin/audit-logs",
    tags=["Administration"],
    summary="The audit log, newest first",
    responses=answers(AuditPageOut) | problems(401, 403, 422),
)
def get_audit_logs(
    *,
    actor: Word = None,
    action: Word = None,
    subject: Word = None,
    since: Annotated[str | None, Query(description=f"Then or later. {DESCRIPTION}")] = None,
    until: Annotated[str | None, Query(description=f"Before then. {DESCRIPTION}")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AuditPageOut:
    start, end = read_period(since, until)
    page = list_audit_logs(
        AuditFilter(actor=actor, action=action, subject=subject, since=start, until=end),
        limit=limit,
        after=read_number(cursor),
        store=wiring.store,
    )
    return AuditPageOut(
        items=[AuditEntryOut.of(entry) for entry in page.items],
        next_cursor=write_cursor(str(page.next_cursor)) if page.next_cursor else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
