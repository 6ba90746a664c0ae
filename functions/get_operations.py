"""GET /dashboards/operations: queues, assessments, latency, fallbacks, outbox."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.dashboards import OperationsOut
from shared.usecases.get_operations import get_operations
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/dashboards/operations",
    tags=["Dashboards"],
    summary="How the deployment is doing, now and in the last 24 hours",
    responses=answers(OperationsOut) | problems(401, 403),
)
def get_operations_report() -> OperationsOut:
    found = get_operations(store=wiring.store, queues=wiring.queue_monitor, clock=wiring.clock)
    return OperationsOut.of(found)


lambda_handler = handler_of(api, lambda: wiring.metrics)
