"""List the deliveries of a webhook, newest first, each with its log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.domain.event import EventId
from shared.domain.webhook import WebhookId
from shared.domain.webhook_delivery import Attempt, Delivery, DeliveryId, DeliveryStatus
from shared.domain.webhook_message import Message
from shared.ports.store import Store

ATTEMPTS_SHOWN: Final = 20
"""Of each delivery, the last two rounds: it may be resent any number of times, and a hundred of
them are one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLog:
    deliveries: tuple[Delivery, ...]
    messages: Mapping[EventId, Message]
    attempts: Mapping[DeliveryId, list[Attempt]]
    next_cursor: DeliveryId | None


def list_deliveries(
    webhook_id: WebhookId,
    *,
    status: DeliveryStatus | None,
    limit: int,
    after: DeliveryId | None,
    store: Store,
) -> DeliveryLog:
    with store.begin() as repositories:
        repositories.webhooks.get(webhook_id)
        page = repositories.deliveries.page_of(webhook_id, status=status, limit=limit, after=after)
        return DeliveryLog(
            deliveries=page.items,
            messages=repositories.deliveries.messages([d.event_id for d in page.items]),
            attempts=repositories.deliveries.attempts(
                [d.id for d in page.items], newest=ATTEMPTS_SHOWN
            ),
            next_cursor=page.next_cursor,
        )
