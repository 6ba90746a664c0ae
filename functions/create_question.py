"""POST /admin/questions: add a question to a track's pool."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.dry_run import DryRun
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.question_bank import BankChangeOut, QuestionIn
from shared.domain.track import TrackId
from shared.ports.edited_questions import QuestionEditor, WrittenQuestion
from shared.usecases.edit_questions import create_question
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/admin/questions",
    tags=["Content"],
    summary="Add a question",
    description="Held to the rules and checks of the seeds: their errors are faults of the body, "
    "their warnings are in the answer. A dry run answers 200.",
    status_code=HTTPStatus.CREATED,
    responses=answers(BankChangeOut, "Created", status=HTTPStatus.CREATED)
    | answers(BankChangeOut, "What would be created")
    | problems(401, 403, 409, *BODY),
)
def post_question(
    *,
    question: QuestionIn,
    dry_run: DryRun = False,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[BankChangeOut]:
    caller = current_caller(api)
    change = create_question(
        WrittenQuestion(
            track_id=TrackId(question.track_id),
            kind=question.type,
            content=question.as_written(),
        ),
        QuestionEditor(
            caller=caller,
            is_dry_run=dry_run,
            store=wiring.store,
            review=wiring.content_review,
            clock=wiring.clock,
        ),
        ids=wiring.ids,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
    )
    return reply(
        BankChangeOut.of(change, dry_run=dry_run),
        status=HTTPStatus.OK if dry_run else HTTPStatus.CREATED,
        is_replay=change.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
