"""Once a minute: find deliveries that a crash left without an execution."""

from datetime import timedelta
from typing import Final

from shared.domain.webhook_delivery import DeliveryId
from shared.ports.clock import Clock
from shared.ports.store import Store

OVERDUE_AFTER: Final = timedelta(minutes=2)
"""Longer than an execution takes from one attempt to the next, with the retries of a failure."""
BATCH: Final = 100


def find_overdue_deliveries(*, store: Store, clock: Clock) -> tuple[DeliveryId, ...]:
    with store.begin() as repositories:
        return repositories.deliveries.overdue(clock.now() - OVERDUE_AFTER, limit=BATCH)
