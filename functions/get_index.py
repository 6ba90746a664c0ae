"""GET /admin/index: what is searched, what of it is stale, and how far a rebuild is."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.index import IndexOut
from shared.usecases.get_index import get_index
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/index",
    tags=["Content"],
    summary="The embedding index: model, dimensions, counts, what is stale, the newest rebuild",
    responses=answers(IndexOut) | problems(401, 403),
)
def get_state() -> IndexOut:
    return IndexOut.of(get_index(store=wiring.store), configured_model=wiring.embedding_model)


lambda_handler = handler_of(api, lambda: wiring.metrics)
