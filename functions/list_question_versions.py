"""GET /admin/questions/{questionId}/versions: a question's history."""

from shared.api.app import build_api, handler_of
from shared.api.paging import Cursor, Limit, page_of
from shared.api.problem import answers, problems
from shared.api.schemas.question_bank import QuestionVersionOut, QuestionVersionPage
from shared.domain.question import QuestionId
from shared.usecases.read_questions import list_question_versions
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/questions/<questionId>/versions",
    tags=["Content"],
    summary="All versions of a question, newest first",
    responses=answers(QuestionVersionPage) | problems(401, 403, 404, 422),
)
def get_versions(
    questionId: str,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> QuestionVersionPage:
    versions = list_question_versions(QuestionId(questionId), store=wiring.store)
    items, next_cursor = page_of(
        versions, key=lambda v: str(v.question.version), limit=limit, cursor=cursor
    )
    return QuestionVersionPage(
        items=[QuestionVersionOut.of(version) for version in items], next_cursor=next_cursor
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
