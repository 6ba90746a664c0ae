"""GET /admin/questions: questions with their keys, inactive ones included."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import answers, problems
from shared.api.schemas.question_bank import BankEntryOut, BankPageOut
from shared.domain.question_bank import QuestionSelection
from shared.usecases.read_questions import list_questions
from shared.wiring import wiring

api = build_api()

Part = Annotated[str | None, Query(min_length=1, max_length=100, description="Part of the slug")]


@api.get(
    "/api/v1/admin/questions",
    tags=["Content"],
    summary="Questions of all tracks, by slug",
    responses=answers(BankPageOut) | problems(401, 403, 422),
)
def get_questions(
    *,
    track_id: Annotated[str | None, Query(alias="trackId", min_length=1, max_length=100)] = None,
    active: bool | None = None,
    q: Part = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> BankPageOut:
    selection = QuestionSelection(track_id=track_id, active=active, text=q)
    page = list_questions(selection, limit=limit, after=read_cursor(cursor), store=wiring.store)
    return BankPageOut(
        items=[BankEntryOut.of(entry) for entry in page.items],
        next_cursor=write_cursor(page.next_cursor) if page.next_cursor else None,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
