"""POST /admin/questions/{questionId}/restore: return to an earlier version."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.dry_run import DryRun
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.catalog import VersionIn
from shared.api.schemas.question_bank import BankChangeOut
from shared.domain.question import QuestionId
from shared.ports.edited_questions import QuestionEditor
from shared.usecases.edit_questions import restore_question
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/admin/questions/<questionId>/restore",
    tags=["Content"],
    summary="Make an earlier version the present one",
    description="It becomes a new version, active, and the seeds' own again where they "
    "wrote it. Once more changes nothing.",
    responses=answers(BankChangeOut) | problems(401, 403, 404, 409, *BODY),
)
def post_question(
    *,
    questionId: str,
    wanted: VersionIn,
    dry_run: DryRun = False,
) -> BankChangeOut:
    change = restore_question(
        QuestionId(questionId),
        wanted.version,
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
