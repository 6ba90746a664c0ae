"""GET /tracks: the tracks that can be taken."""

from shared.api.app import build_api, handler_of
from shared.api.paging import Cursor, Limit, page_of
from shared.api.problem import answers, problems
from shared.api.schemas.tracks import TrackOut, TrackPage
from shared.usecases.list_tracks import list_tracks
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/tracks",
    tags=["Tracks"],
    summary="Active tracks",
    responses=answers(TrackPage) | problems(422),
)
def get_tracks(limit: Limit = 20, cursor: Cursor = None) -> TrackPage:
    tracks, next_cursor = page_of(
        list_tracks(store=wiring.store), key=lambda track: track.id, limit=limit, cursor=cursor
    )
    return TrackPage(items=[TrackOut.of(track) for track in tracks], next_cursor=next_cursor)


lambda_handler = handler_of(api, lambda: wiring.metrics)
