"""GET /dashboards/usage: tokens and cost by track, day, purpose and model."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.moments import DESCRIPTION, read_period
from shared.api.problem import answers, problems
from shared.api.schemas.dashboards import UsageOut
from shared.usecases.get_usage import get_usage
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/dashboards/usage",
    tags=["Dashboards"],
    summary="What models were used for and what that cost; the last 30 days, 366 at most",
    responses=answers(UsageOut) | problems(401, 403, 422),
)
def get_usage_report(
    since: Annotated[str | None, Query(description=f"Then or later. {DESCRIPTION}")] = None,
    until: Annotated[str | None, Query(description=f"Before then. {DESCRIPTION}")] = None,
) -> UsageOut:
    start, end = read_period(since, until)
    report = get_usage(
        start,
        end,
        prices=wiring.prices,
        budget=wiring.token_budget,
        store=wiring.store,
        clock=wiring.clock,
    )
    return UsageOut.of(report)


lambda_handler = handler_of(api, lambda: wiring.metrics)
