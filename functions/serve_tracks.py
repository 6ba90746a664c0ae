"""/tracks, /tracks/{trackId} and /admin/tracks: what admins do with tracks.

One function for all of it, as its routes need the same and an admin calls them rarely.
"""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.dry_run import DryRun
from shared.api.paging import Cursor, Limit, page_of, read_cursor, write_cursor
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.catalog import VersionIn
from shared.api.schemas.track_catalog import (
    ChangedTrack,
    TrackChangeOut,
    TrackEntryOut,
    TrackEntryPageOut,
    TrackIn,
    TrackVersionOut,
    TrackVersionPageOut,
)
from shared.domain.track import TrackId
from shared.usecases.edit_tracks import (
    TrackEditor,
    create_track,
    deactivate_track,
    restore_track,
    update_track,
)
from shared.usecases.read_tracks import get_track_entry, list_track_entries, list_track_versions
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/tracks",
    tags=["Content"],
    summary="All tracks, active or not, by id",
    responses=answers(TrackEntryPageOut) | problems(401, 403, 422),
)
def list_all_tracks(
    *, active: bool | None = None, limit: Limit = 20, cursor: Cursor = None
) -> TrackEntryPageOut:
    page = list_track_entries(
        active=active, limit=limit, after=read_cursor(cursor), store=wiring.store
    )
    return TrackEntryPageOut(
        items=[TrackEntryOut.of(entry) for entry in page.items],
        next_cursor=write_cursor(page.next_cursor) if page.next_cursor else None,
    )


@api.get(
    "/api/v1/admin/tracks/<trackId>",
    tags=["Content"],
    summary="A track, active or not, with all that authors write",
    responses=answers(TrackEntryOut) | problems(401, 403, 404),
)
def get_whole_track(trackId: str) -> TrackEntryOut:
    return TrackEntryOut.of(get_track_entry(TrackId(trackId), store=wiring.store))


@api.post(
    "/api/v1/tracks",
    tags=["Content"],
    summary="Add a track, inactive until it is activated",
    description="Held to the rules of the seeds. Add the questions that it asks, then activate it "
    "with PUT. A dry run answers 200.",
    status_code=HTTPStatus.CREATED,
    responses=answers(TrackChangeOut, "Created", status=HTTPStatus.CREATED)
    | answers(TrackChangeOut, "What would be created")
    | problems(401, 403, 409, *BODY),
)
def post_track(
    *,
    track: TrackIn,
    dry_run: DryRun = False,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[TrackChangeOut]:
    editor = _editor(dry_run=dry_run)
    change = create_track(
        track.as_written(),
        editor,
        ids=wiring.ids,
        idempotency=idempotency_of(api, idempotency_key, scope=editor.caller.user_id),
    )
    return reply(
        TrackChangeOut.of(change, dry_run=dry_run),
        status=HTTPStatus.OK if dry_run else HTTPStatus.CREATED,
        is_replay=change.is_replay,
    )


@api.put(
    "/api/v1/tracks/<trackId>",
    tags=["Content"],
    summary="Replace the content of a track, activate or deactivate it",
    description="Makes it an admin's work that loading the seeds leaves alone. To be active it "
    "needs the questions that its mix asks. Assessments that run keep the version they have.",
    responses=answers(TrackChangeOut) | problems(401, 403, 404, 409, *BODY),
)
def put_track(
    *,
    trackId: str,
    track: ChangedTrack,
    dry_run: DryRun = False,
) -> TrackChangeOut:
    change = update_track(
        TrackId(trackId), track.as_written(), _editor(dry_run=dry_run), active=track.active
    )
    return TrackChangeOut.of(change, dry_run=dry_run)


@api.delete(
    "/api/v1/tracks/<trackId>",
    tags=["Content"],
    summary="Deactivate a track",
    description="No assessment of it begins any more. Those that run go on untouched; the answer "
    "says how many.",
    responses=answers(TrackChangeOut) | problems(401, 403, 404, 422),
)
def delete_track(
    *,
    trackId: str,
    dry_run: DryRun = False,
) -> TrackChangeOut:
    change = deactivate_track(TrackId(trackId), _editor(dry_run=dry_run))
    return TrackChangeOut.of(change, dry_run=dry_run)


@api.get(
    "/api/v1/tracks/<trackId>/versions",
    tags=["Content"],
    summary="All versions of a track, newest first",
    responses=answers(TrackVersionPageOut) | problems(401, 403, 404, 422),
)
def get_track_versions(
    trackId: str,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> TrackVersionPageOut:
    versions = list_track_versions(TrackId(trackId), store=wiring.store)
    items, next_cursor = page_of(
        versions, key=lambda v: str(v.entry.track.version), limit=limit, cursor=cursor
    )
    return TrackVersionPageOut(
        items=[TrackVersionOut.of(version) for version in items], next_cursor=next_cursor
    )


@api.post(
    "/api/v1/tracks/<trackId>/restore",
    tags=["Content"],
    summary="Make an earlier version the present one",
    description="It becomes a new version, active or not as it was, and the seeds' own again where "
    "they wrote it. Once more changes nothing.",
    responses=answers(TrackChangeOut) | problems(401, 403, 404, 409, *BODY),
)
def post_track_version(
    *,
    trackId: str,
    wanted: VersionIn,
    dry_run: DryRun = False,
) -> TrackChangeOut:
    change = restore_track(TrackId(trackId), wanted.version, _editor(dry_run=dry_run))
    return TrackChangeOut.of(change, dry_run=dry_run)


def _editor(*, dry_run: bool) -> TrackEditor:
    return TrackEditor(
        caller=current_caller(api),
        is_dry_run=dry_run,
        store=wiring.store,
        review=wiring.content_review,
        clock=wiring.clock,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
