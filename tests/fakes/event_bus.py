from collections.abc import Sequence

from shared.domain.event import Event, EventId


class FakeEventBus:
    def __init__(self) -> None:
        self.published: list[Event] = []
        self.is_available = True

    def publish(self, events: Sequence[Event]) -> frozenset[EventId]:
        if not self.is_available:
            return frozenset()
        self.published += events
        return frozenset(event.id for event in events)
