"""POST /assessments/{assessmentId}/essays/{questionId}/override: a person's marks of an essay."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.reviews import OverrideIn, ReviewedOut
from shared.domain.assessment import AssessmentId
from shared.domain.question import QuestionId
from shared.usecases.override_score import override_score
from shared.usecases.publish_events import publish_events
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/assessments/<assessmentId>/essays/<questionId>/override",
    tags=["Reviews"],
    summary="Override marks of an essay, each with a reason that the student reads",
    description="Criteria that are not named stand as they are. The total is computed by the "
    "rubric's weights and the profile anew; the earlier marks stay in the result as `previous`. "
    "Of an essay that nobody has read, since AI scoring was declined, every criterion is to be "
    "named; the last one marked completes the assessment. 409 `result_not_ready` unless the "
    "assessment is completed or in review, and `leased` while somebody else is reviewing it.",
    status_code=HTTPStatus.CREATED,
    responses=answers(ReviewedOut, "Created", status=HTTPStatus.CREATED)
    | problems(401, 403, 404, 409, *BODY),
)
def post_override(
    assessmentId: str,
    questionId: str,
    marks: OverrideIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[ReviewedOut]:
    caller = current_caller(api)
    reviewed = override_score(
        AssessmentId(assessmentId),
        QuestionId(questionId),
        [mark.to_domain() for mark in marks.criteria],
        caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
        metrics=wiring.metrics,
        summarizer=wiring.offline_summarizer,
    )
    publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    return reply(
        ReviewedOut.of(reviewed.score),
        status=HTTPStatus.CREATED,
        is_replay=reviewed.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
