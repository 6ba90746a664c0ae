from collections.abc import Sequence

from shared.domain.analytics import AnalyticsEvent
from shared.domain.event import Event, EventId


class FakeEventBus:
    def __init__(self) -> None:
        self.published: list[Event] = []
        self.facts: list[AnalyticsEvent] = []
        self.is_available = True

    def publish(self, events: Sequence[Event]) -> frozenset[EventId]:
        if not self.is_available:
            return frozenset()
        self.published += events
        return frozenset(event.id for event in events)

    def publish_facts(self, events: Sequence[AnalyticsEvent]) -> frozenset[EventId]:
        if not self.is_available:
            return frozenset()
        self.facts += events
        return frozenset(event.id for event in events)
