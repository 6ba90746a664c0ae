"""Send what the outbox holds."""

from typing import Final

from shared.ports.clock import Clock
from shared.ports.event_bus import EventBus
from shared.ports.store import Store

BATCH: Final = 50


def publish_events(*, store: Store, bus: EventBus, clock: Clock) -> int:
    """Send up to one batch of unsent events, oldest first, and return how many were accepted.

    The rows stay locked meanwhile, so that two senders never send the same one; what the bus
    does not accept is left for the next time.
    """
    with store.begin() as repositories:
        events = repositories.outbox.unsent(limit=BATCH)
        accepted = bus.publish(events) if events else frozenset()
        repositories.outbox.mark_sent(accepted, at=clock.now())
    return len(accepted)
