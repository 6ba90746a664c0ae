"""GET /health: whether the API and its database are up."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.health import HealthOut
from shared.version import VERSION
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/health",
    tags=["Operations"],
    summary="Whether the API is up",
    responses=answers(HealthOut) | problems(),
)
def get_health() -> HealthOut:
    wiring.store.ping()
    return HealthOut(version=VERSION)


lambda_handler = handler_of(api, lambda: wiring.metrics)
