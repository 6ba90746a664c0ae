"""DELETE /admin/questions/{questionId}: ask a question no more."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.dry_run import DryRun
from shared.api.problem import answers, problems
from shared.api.schemas.question_bank import BankChangeOut
from shared.domain.question import QuestionId
from shared.ports.edited_questions import QuestionEditor
from shared.usecases.edit_questions import deactivate_question
from shared.wiring import wiring

api = build_api()


@api.delete(
    "/api/v1/admin/questions/<questionId>",
    tags=["Content"],
    summary="Deactivate a question",
    description="Assessments that run keep it. What a track's mix needs of a pool stays.",
    responses=answers(BankChangeOut) | problems(401, 403, 404, 409, 422),
)
def delete_question(
    *,
    questionId: str,
    dry_run: DryRun = False,
) -> BankChangeOut:
    change = deactivate_question(
        QuestionId(questionId),
        QuestionEditor(
            caller=current_caller(api),
            is_dry_run=dry_run,
            store=wiring.store,
            review=wiring.content_review,
            clock=wiring.clock,
        ),
    )
    return BankChangeOut.of(change, dry_run=dry_run)


lambda_handler = handler_of(api, lambda: wiring.metrics)
