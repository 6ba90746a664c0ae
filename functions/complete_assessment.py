"""POST /assessments/{assessmentId}/complete?wait=25: submit and wait for the result."""

import time
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.asking_again import ask_again_after, says_when_to_ask_again
from shared.api.caller import current_caller
from shared.api.problem import BODY, answers, problems
from shared.api.schemas.assessments import StatusOut, Submit
from shared.api.schemas.results import ResultOut
from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.usecases.await_completion import await_completion
from shared.usecases.get_result import get_result
from shared.usecases.get_status import get_status
from shared.usecases.publish_events import publish_events
from shared.usecases.submit_assessment import submit_assessment
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/assessments/<assessmentId>/complete",
    tags=["Assessments"],
    summary="Submit, unless that is done, and wait: the result, or the status when time is up",
    description="Does not wait where people read the essays. 409 `result_not_ready` when the "
    "scoring has failed: there is nothing to wait for.",
    responses=answers(ResultOut, "The result")
    | says_when_to_ask_again(
        answers(StatusOut, "Still scoring, or in review", status=HTTPStatus.ACCEPTED)
    )
    | problems(401, 403, 404, 409, 410, *BODY),
)
def post_complete(
    assessmentId: str,
    submit: Submit | None = None,
    wait: Annotated[int, Query(ge=0, le=25, description="Seconds")] = 25,
) -> Response[ResultOut | StatusOut]:
    assessment_id, caller = AssessmentId(assessmentId), current_caller(api)
    submit_assessment(
        assessment_id,
        caller,
        allow_incomplete=submit.allow_incomplete if submit else False,
        idempotency=None,
        accept_submitted=True,
        store=wiring.store,
        pipeline=wiring.pipeline,
        ids=wiring.ids,
        clock=wiring.clock,
        metrics=wiring.metrics,
        summarizer=wiring.offline_summarizer,
    )
    publish_events(store=wiring.store, bus=wiring.bus, clock=wiring.clock)
    has_ended = await_completion(
        assessment_id,
        caller,
        at_most=timedelta(seconds=wait),
        store=wiring.store,
        clock=wiring.clock,
        sleep=time.sleep,
    )
    body: ResultOut | StatusOut
    headers: dict[str, str] = {}
    if has_ended:
        result = get_result(assessment_id, caller, store=wiring.store)
        body = ResultOut.build(
            result.assessment,
            result.profile,
            rule_scores=result.rule_scores,
            essay_scores=result.essay_scores,
            previous=result.previous,
            recommendation=result.recommendation,
            verdicts=result.verdicts,
            is_whole=caller.is_staff,
        )
    else:
        found = get_status(assessment_id, caller, store=wiring.store, clock=wiring.clock)
        body = StatusOut.of(found.assessment, found.status, found.progress, found.reading)
        if found.status is AssessmentStatus.SCORING:
            headers = ask_again_after(body.estimated_seconds_remaining)
    return Response(
        status_code=HTTPStatus.OK if has_ended else HTTPStatus.ACCEPTED,
        content_type=content_types.APPLICATION_JSON,
        body=body,
        headers=headers,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
