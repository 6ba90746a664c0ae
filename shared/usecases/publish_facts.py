"""Send what the outbox holds for the analytics stream."""

from typing import Final

from shared.ports.clock import Clock
from shared.ports.event_bus import EventBus
from shared.ports.store import Store

BATCH: Final = 100
MOST_BATCHES: Final = 20
"""A run's work, 2,000 facts: at 20 ms a call some five seconds of the minute that it has."""


def publish_facts(*, store: Store, bus: EventBus, clock: Clock) -> int:
    """Send the unsent facts, oldest first, and return how many were accepted.

    Nobody waits for them, so they go with `reconcile` and never with a request: a student's answer
    takes no longer for them, and what webhooks wait for has no queue in front of it. It ends with
    the first batch that the bus does not take whole.
    """
    sent = 0
    for _ in range(MOST_BATCHES):
        with store.begin() as repositories:
            facts = repositories.outbox.unsent_facts(limit=BATCH)
            accepted = bus.publish_facts(facts) if facts else frozenset()
            repositories.outbox.mark_sent(accepted, at=clock.now())
        sent += len(accepted)
        if len(accepted) < BATCH:
            break
    return sent
