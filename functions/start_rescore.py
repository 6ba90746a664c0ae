"""POST /admin/rescores, and the same for one assessment: mark what is completed again."""

from http import HTTPStatus
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.rescores import RescoreIn, RescoreOptions, RescoreOut
from shared.domain.rescore import RescoreScope
from shared.usecases.start_rescore import Wanted, start_rescore
from shared.wiring import wiring

api = build_api()

Key = Annotated[str | None, Header(alias="Idempotency-Key")]

DESCRIPTION: Final = (
    "Essays are marked again by the present engine, from the answers, questions and rubrics as "
    "they were; rule scores follow from these and stay. The old scores are kept. A mark that a "
    "person gave or confirmed is never replaced, and none is lowered unless `allowLowering` is "
    "true. A dry run, which is the default, changes nothing and tells who would move. The work is "
    "done in the background and begins within a minute: follow it at `url`. Each mark that changes "
    "announces `result.corrected`."
)


@api.post(
    "/api/v1/admin/rescores",
    tags=["Administration"],
    summary="Mark an assessment, a question's essays, or a track since a date again",
    description=DESCRIPTION,
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(RescoreOut, "Accepted", status=HTTPStatus.ACCEPTED)
    | problems(401, 403, 404, 409, *BODY),
)
def post_rescore(wanted: RescoreIn, idempotency_key: Key = None) -> Response[RescoreOut]:
    scope, subject = wanted.subject()
    return _start(
        Wanted(
            scope=scope,
            subject=subject,
            since=wanted.moment,
            is_dry_run=wanted.dry_run,
            may_lower=wanted.allow_lowering,
        ),
        idempotency_key,
    )


@api.post(
    "/api/v1/admin/assessments/<assessmentId>/rescore",
    tags=["Administration"],
    summary="Mark one assessment again",
    description=DESCRIPTION,
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(RescoreOut, "Accepted", status=HTTPStatus.ACCEPTED)
    | problems(401, 403, 404, 409, *BODY),
)
def post_rescore_of_one(
    assessmentId: str,
    options: RescoreOptions | None = None,
    idempotency_key: Key = None,
) -> Response[RescoreOut]:
    chosen = options or RescoreOptions()
    return _start(
        Wanted(
            scope=RescoreScope.ASSESSMENT,
            subject=assessmentId,
            since=None,
            is_dry_run=chosen.dry_run,
            may_lower=chosen.allow_lowering,
        ),
        idempotency_key,
    )


def _start(wanted: Wanted, key: str | None) -> Response[RescoreOut]:
    caller = current_caller(api)
    started = start_rescore(
        wanted,
        caller,
        idempotency=idempotency_of(api, key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    return reply(
        RescoreOut.of(started.rescore, started.counts),
        status=HTTPStatus.ACCEPTED,
        is_replay=started.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
