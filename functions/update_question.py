"""PUT /admin/questions/{questionId}: replace the content of a question."""

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.dry_run import DryRun
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.question_bank import BankChangeOut, QuestionIn
from shared.domain.question import QuestionId
from shared.domain.track import TrackId
from shared.ports.edited_questions import QuestionEditor, WrittenQuestion
from shared.usecases.edit_questions import update_question
from shared.wiring import wiring

api = build_api()


@api.put(
    "/api/v1/admin/questions/<questionId>",
    tags=["Content"],
    summary="Replace the content of a question",
    description="Makes it active, and an admin's work that loading the seeds leaves alone. "
    "Slug, track and type stay, and assessments that run keep the version they have.",
    responses=answers(BankChangeOut) | problems(401, 403, 404, 409, *BODY),
)
def put_question(
    *,
    questionId: str,
    question: QuestionIn,
    dry_run: DryRun = False,
) -> BankChangeOut:
    change = update_question(
        QuestionId(questionId),
        WrittenQuestion(
            track_id=TrackId(question.track_id),
            kind=question.type,
            content=question.as_written(),
        ),
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
