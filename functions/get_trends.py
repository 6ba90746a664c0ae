"""GET /dashboards/trends: figures of days or months beside each other."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.moments import DESCRIPTION, read_period
from shared.api.problem import answers, problems
from shared.api.schemas.trends import TrendsOut
from shared.domain.track import TrackId
from shared.domain.trends import Granularity
from shared.usecases.get_trends import get_trends
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/dashboards/trends",
    tags=["Dashboards"],
    summary="Assessments, times, tokens, spend and backlog by month or day",
    description="The last 12 months, of 10 years at most; by day the last 30, of 366 at most. "
    "Figures are taken every hour and kept; those of a period that is not `final` still change. "
    "Without `trackId` they are of all tracks together.",
    responses=answers(TrendsOut) | problems(401, 403, 422),
)
def get_trends_report(
    by: Annotated[Granularity, Query(description="How long each period is")] = Granularity.MONTH,
    since: Annotated[str | None, Query(description=f"Then or later. {DESCRIPTION}")] = None,
    until: Annotated[str | None, Query(description=f"Before then. {DESCRIPTION}")] = None,
    track_id: Annotated[str | None, Query(alias="trackId", min_length=1, max_length=100)] = None,
) -> TrendsOut:
    start, end = read_period(since, until)
    found = get_trends(
        by,
        start,
        end,
        track_id=TrackId(track_id) if track_id else None,
        store=wiring.store,
        clock=wiring.clock,
    )
    return TrendsOut.of(found.period, found.snapshots, by=by, track_id=track_id)


lambda_handler = handler_of(api, lambda: wiring.metrics)
