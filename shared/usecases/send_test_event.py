"""Send a webhook a message that means nothing, to try whether it listens."""

from dataclasses import dataclass

from shared.domain.errors import WebhookDisabledError
from shared.domain.event import EventId
from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Caller
from shared.domain.webhook import WebhookId
from shared.domain.webhook_delivery import Delivery, DeliveryId
from shared.domain.webhook_message import trial_message
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedTest:
    delivery: Delivery
    is_replay: bool


def send_test_event(
    webhook_id: WebhookId,
    caller: Caller,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> AcceptedTest:
    """Accept the test; it is still to be started. Raises `WebhookDisabledError`."""
    now = clock.now()
    delivery_id = DeliveryId(ids.new())
    with store.begin() as repositories:
        webhook = repositories.webhooks.get(webhook_id)
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=delivery_id, now=now)
            if first != delivery_id:
                delivery = repositories.deliveries.get(DeliveryId(first))
                return AcceptedTest(delivery=delivery, is_replay=True)
        if not webhook.is_enabled:
            raise WebhookDisabledError('enable the webhook first: PATCH it with {"enabled": true}')
        message = trial_message(EventId(ids.new()), {"webhookId": webhook_id}, at=now)
        delivery = Delivery.of(message, webhook_id, id=delivery_id, at=now)
        repositories.deliveries.add_message(message)
        repositories.deliveries.add([delivery])
        repositories.audit.append(
            actor=caller.user_id,
            action="webhook.tested",
            subject=webhook_id,
            details={"deliveryId": delivery_id},
            at=now,
        )
    return AcceptedTest(delivery=delivery, is_replay=False)
