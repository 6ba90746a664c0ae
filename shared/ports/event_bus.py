from collections.abc import Sequence
from typing import Protocol

from shared.domain.analytics import AnalyticsEvent
from shared.domain.event import Event, EventId


class EventBus(Protocol):
    def publish(self, events: Sequence[Event]) -> frozenset[EventId]:
        """Send the events and return the ids of those that were accepted.

        An event may arrive twice; its id lets receivers tell. A bus that is away accepts none.
        """
        ...

    def publish_facts(self, events: Sequence[AnalyticsEvent]) -> frozenset[EventId]:
        """Send to the analytics stream, with the same promises."""
        ...
