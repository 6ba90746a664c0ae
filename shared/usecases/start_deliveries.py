"""Start the executions that see deliveries through."""

from collections.abc import Iterable

from shared.domain.errors import NotFoundError, PipelineUnavailableError
from shared.domain.webhook_delivery import DeliveryId
from shared.ports.delivery_runs import DeliveryRuns
from shared.ports.store import Store


def start_deliveries(
    delivery_ids: Iterable[DeliveryId], *, store: Store, runs: DeliveryRuns
) -> int:
    """Start a new run of each that is pending, and return how many were started.

    Earlier runs of it end when they next look. What cannot be started now, `reconcile` starts.
    """
    started = 0
    for delivery_id in delivery_ids:
        if (run := _next_run(delivery_id, store)) is None:
            continue
        try:
            runs.start(delivery_id, run=run)
        except PipelineUnavailableError:
            break
        started += 1
    return started


def _next_run(delivery_id: DeliveryId, store: Store) -> int | None:
    with store.begin() as repositories:
        try:
            delivery = repositories.deliveries.lock(delivery_id)
        except NotFoundError:
            return None
        if not delivery.is_pending:
            return None
        started = delivery.start_run()
        repositories.deliveries.save(started)
        return started.run
