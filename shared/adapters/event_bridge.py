"""Events over Amazon EventBridge."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.adapters.analytics_detail import write_detail
from shared.domain.analytics import AnalyticsEvent
from shared.domain.event import Event, EventId

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE: Final = "assay"
ANALYTICS: Final = "assay.analytics"
"""Another source: rules on `assay`, webhooks among them, see nothing of it."""
MOST_PER_CALL: Final = 10
"""EventBridge's own limit."""


class EventBridgeBus:
    def __init__(self, client: "EventBridgeClient", bus_name: str) -> None:
        self._client = client
        self._bus_name = bus_name

    def publish(self, events: Sequence[Event]) -> frozenset[EventId]:
        return self._put(
            {
                event.id: self._entry(SOURCE, event.type, event.occurred_at, _detail(event))
                for event in events
            }
        )

    def publish_facts(self, events: Sequence[AnalyticsEvent]) -> frozenset[EventId]:
        return self._put(
            {
                event.id: self._entry(ANALYTICS, event.type, event.occurred_at, write_detail(event))
                for event in events
            }
        )

    def _entry(
        self, source: str, type: str, at: datetime, detail: str
    ) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._bus_name,
            "Source": source,
            "DetailType": str(type),
            "Time": at,
            "Detail": detail,
        }

    def _put(self, entries: "Mapping[EventId, PutEventsRequestEntryTypeDef]") -> frozenset[EventId]:
        """Send as many as a call takes at a time; after an outage the rest waits."""
        accepted: set[EventId] = set()
        waiting = list(entries.items())
        for first in range(0, len(waiting), MOST_PER_CALL):
            batch = waiting[first : first + MOST_PER_CALL]
            try:
                reply = self._client.put_events(Entries=[entry for _, entry in batch])
            except (ClientError, BotoCoreError):
                break
            accepted |= {
                event_id
                for (event_id, _), entry in zip(batch, reply["Entries"], strict=True)
                if "EventId" in entry
            }
        return frozenset(accepted)


def _detail(event: Event) -> str:
    return json.dumps(
        {
            "id": event.id,
            "studentId": event.student_id,
            "sequence": event.sequence,
            "timestamp": event.occurred_at.isoformat(),
            "data": dict(event.data),
        }
    )
