"""Events over Amazon EventBridge."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.event import Event, EventId

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE: Final = "assay"
MOST_PER_CALL: Final = 10
"""EventBridge's own limit."""


class EventBridgeBus:
    def __init__(self, client: "EventBridgeClient", bus_name: str) -> None:
        self._client = client
        self._bus_name = bus_name

    def publish(self, events: Sequence[Event]) -> frozenset[EventId]:
        accepted: set[EventId] = set()
        for first in range(0, len(events), MOST_PER_CALL):
            batch = events[first : first + MOST_PER_CALL]
            try:
                reply = self._client.put_events(
                    Entries=[
                        {
                            "EventBusName": self._bus_name,
                            "Source": SOURCE,
                            "DetailType": event.type.value,
                            "Time": event.occurred_at,
                            "Detail": json.dumps(
                                {
                                    "id": event.id,
                                    "studentId": event.student_id,
                                    "sequence": event.sequence,
                                    "timestamp": event.occurred_at.isoformat(),
                                    "data": dict(event.data),
                                }
                            ),
                        }
                        for event in batch
                    ]
                )
            except (ClientError, BotoCoreError):
                break
            accepted |= {
                event.id
                for event, entry in zip(batch, reply["Entries"], strict=True)
                if "EventId" in entry
            }
        return frozenset(accepted)
