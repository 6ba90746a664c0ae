"""POST /assessments/start: choose a track and get its questions."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.assessments import ConsentOut, QuestionOut, Start, StartedOut
from shared.domain.assessment import AssessmentStatus
from shared.domain.track import TrackId
from shared.usecases.start_assessment import start_assessment
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/assessments/start",
    tags=["Assessments"],
    summary="Start an assessment",
    status_code=HTTPStatus.CREATED,
    responses=answers(StartedOut, "Created", status=HTTPStatus.CREATED)
    | problems(401, 403, 404, 409, *BODY),
)
def post_start(
    start: Start, idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None
) -> Response[StartedOut]:
    caller = current_caller(api)
    started = start_assessment(
        TrackId(start.track_id),
        start.experience_level,
        caller,
        ai_scoring=start.ai_scoring,
        text_version=start.ai_scoring_text_version,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    assessment = started.assessment
    questions = [QuestionOut.of(snapshot) for snapshot in started.snapshots]
    return reply(
        StartedOut(
            assessment_id=assessment.id,
            track_id=assessment.track_id,
            # As it was then: a replay is the first answer again, whatever has happened since.
            status=AssessmentStatus.IN_PROGRESS,
            experience_level=assessment.experience_level,
            expires_at=assessment.expires_at,
            accommodated=assessment.is_accommodated,
            ai_scoring=ConsentOut.of(assessment.consent),
            resume_token=wiring.tokens.resume(
                caller, assessment.id, now=assessment.started_at, until=assessment.expires_at
            ),
            questions=questions,
            next_question=questions[0] if questions else None,
        ),
        status=HTTPStatus.CREATED,
        is_replay=started.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
