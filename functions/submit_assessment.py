"""POST /assessments/{assessmentId}/submit: lock the responses and start the scoring."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.asking_again import ask_again_after, says_when_to_ask_again
from shared.api.caller import current_caller, idempotency_of
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.assessments import RuleScoreOut, Submit, SubmittedOut
from shared.api.urls import status_url
from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.usecases.publish_events import publish_events
from shared.usecases.submit_assessment import submit_assessment
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/assessments/<assessmentId>/submit",
    tags=["Assessments"],
    summary="Submit: rule scores at once, the rest within seconds",
    description="Where the student declined AI scoring the status is `in_review` until people have "
    "marked every essay, which may take days.",
    status_code=HTTPStatus.ACCEPTED,
    responses=says_when_to_ask_again(answers(SubmittedOut, "Accepted", status=HTTPStatus.ACCEPTED))
    | problems(401, 403, 404, 409, 410, *BODY),
)
def post_submit(
    assessmentId: str,
    submit: Submit | None = None,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[SubmittedOut]:
    caller = current_caller(api)
    submitted = submit_assessment(
        AssessmentId(assessmentId),
        caller,
        allow_incomplete=submit.allow_incomplete if submit else False,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        pipeline=wiring.pipeline,
        ids=wiring.ids,
        clock=wiring.clock,
        metrics=wiring.metrics,
        summarizer=wiring.offline_summarizer,
    )
    publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    return reply(
        SubmittedOut(
            assessment_id=submitted.assessment.id,
            # As it was then, as a replay has it too.
            status=(
                AssessmentStatus.IN_REVIEW
                if submitted.assessment.is_read_by_people
                else AssessmentStatus.SCORING
            ),
            rule_scores=[RuleScoreOut.of(score) for score in submitted.rule_scores],
            status_url=status_url(submitted.assessment.id),
        ),
        status=HTTPStatus.ACCEPTED,
        is_replay=submitted.is_replay,
        headers=ask_again_after(None),
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
