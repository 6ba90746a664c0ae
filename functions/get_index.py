"""GET /admin/index: how much of the catalog the embedding index covers."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.catalog import IndexOut
from shared.usecases.read_catalog import get_index
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/index",
    tags=["Content"],
    summary="The embedding index: model, dimensions, counts, and what is stale",
    responses=answers(IndexOut) | problems(401, 403),
)
def get_state() -> IndexOut:
    model = wiring.embedding_model
    return IndexOut.of(model, get_index(model, store=wiring.store))


lambda_handler = handler_of(api, lambda: wiring.metrics)
