"""GET /tracks/{trackId}: one track."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.tracks import TrackWithTextOut
from shared.domain.track import TrackId
from shared.usecases.get_track import get_track
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/tracks/<trackId>",
    tags=["Tracks"],
    summary="One track, with the text that a student is asked to consent to",
    responses=answers(TrackWithTextOut) | problems(404),
)
def get_one_track(trackId: str) -> TrackWithTextOut:
    return TrackWithTextOut.build(get_track(TrackId(trackId), store=wiring.store))


lambda_handler = handler_of(api, lambda: wiring.metrics)
