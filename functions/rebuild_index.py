"""POST /admin/index/rebuild: embed the whole catalog anew, while the present index is searched."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response, content_types

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller
from shared.api.problem import answers, problems
from shared.api.schemas.index import StartedRebuildOut
from shared.usecases.start_rebuild import start_rebuild
from shared.wiring import wiring

api = build_api()


@api.post(
    "/api/v1/admin/index/rebuild",
    tags=["Content"],
    summary="Rebuild the embedding index by the configured model",
    description="Searches are served from the present set until the new one is complete. A rebuild "
    "that failed goes on where it stopped. One at a time: 409 names the one that is running in "
    "`conflictsWith`. GET /admin/index shows its progress.",
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(StartedRebuildOut, "Accepted", status=HTTPStatus.ACCEPTED)
    | problems(401, 403, 409),
)
def post_rebuild() -> Response[StartedRebuildOut]:
    started = start_rebuild(
        current_caller(api).user_id,
        model=wiring.embedding_model,
        store=wiring.store,
        runner=wiring.rebuild_runner,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type=content_types.APPLICATION_JSON,
        body=StartedRebuildOut.of(started),
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
