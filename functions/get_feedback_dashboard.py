"""GET /dashboards/feedback: what is said of recommendations, by track, credential and prompt."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.api.app import build_api, handler_of
from shared.api.moments import DESCRIPTION, read_period
from shared.api.problem import answers, problems
from shared.api.schemas.feedback import (
    CredentialFeedbackOut,
    FeedbackDashboardOut,
    PromptFeedbackOut,
    TrackFeedbackOut,
)
from shared.domain.feedback import FeedbackSelection
from shared.domain.track import TrackId
from shared.usecases.get_feedback_dashboard import get_feedback_dashboard
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/dashboards/feedback",
    tags=["Dashboards"],
    summary="Feedback on recommendations, by track, credential and prompt version",
    description="Of each person's feedback on the same thing only the newest counts. A credential "
    "that fewer than three people have spoken of is left out and counted in `withheld`.",
    responses=answers(FeedbackDashboardOut) | problems(401, 403, 422),
)
def get_dashboard(
    since: Annotated[str | None, Query(description=f"Given then or later. {DESCRIPTION}")] = None,
    until: Annotated[str | None, Query(description=f"Given before then. {DESCRIPTION}")] = None,
    track_id: Annotated[str | None, Query(alias="trackId", min_length=1, max_length=100)] = None,
) -> FeedbackDashboardOut:
    start, end = read_period(since, until)
    selection = FeedbackSelection(
        since=start, until=end, track_id=TrackId(track_id) if track_id else None
    )
    found = get_feedback_dashboard(selection, store=wiring.store)
    return FeedbackDashboardOut(
        since=start,
        until=end,
        track_id=track_id,
        by_track=[TrackFeedbackOut.of(group) for group in found.by_track],
        by_credential=[
            CredentialFeedbackOut.build(group, found.titles.get(group.credential_id))
            for group in found.by_credential
        ],
        withheld=found.withheld,
        by_prompt_version=[PromptFeedbackOut.of(group) for group in found.by_prompt],
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
