"""GET /admin/questions/{questionId}: one question as it stands in the catalog."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.question_bank import BankEntryOut
from shared.domain.question import QuestionId
from shared.usecases.read_questions import get_question
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/questions/<questionId>",
    tags=["Content"],
    summary="A question, active or not",
    responses=answers(BankEntryOut) | problems(401, 403, 404),
)
def get_one(
    questionId: str,
) -> BankEntryOut:
    return BankEntryOut.of(get_question(QuestionId(questionId), store=wiring.store))


lambda_handler = handler_of(api, lambda: wiring.metrics)
