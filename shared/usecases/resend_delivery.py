"""Deliver once more what was delivered, failed or discarded."""

from dataclasses import dataclass

from shared.domain.errors import DeliveryPendingError, NotFoundError, WebhookDisabledError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Caller
from shared.domain.webhook import WebhookId
from shared.domain.webhook_delivery import Delivery, DeliveryId
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Resent:
    delivery: Delivery
    is_turn: bool
    """Whether nothing of the same student is to arrive before it."""
    is_replay: bool


def resend_delivery(
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
    caller: Caller,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> Resent:
    """Begin another round of attempts; it is still to be started.

    Raises `NotFoundError`, `WebhookDisabledError` or `DeliveryPendingError`.
    """
    now = clock.now()
    resend_id = ids.new()
    with store.begin() as repositories:
        webhook = repositories.webhooks.lock(webhook_id)
        delivery = repositories.deliveries.get(delivery_id)
        if delivery.webhook_id != webhook_id:
            raise NotFoundError(f"no delivery {delivery_id}")
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=resend_id, now=now)
            if first != resend_id:
                return Resent(delivery=delivery, is_turn=False, is_replay=True)
        if not webhook.is_enabled:
            raise WebhookDisabledError('enable the webhook first: PATCH it with {"enabled": true}')
        repositories.deliveries.lock_lane(delivery.lane)
        delivery = repositories.deliveries.lock(delivery_id)
        if delivery.is_pending:
            raise DeliveryPendingError("it is being delivered; look at its attempts")
        delivery = delivery.resend(now)
        repositories.deliveries.save(delivery)
        repositories.audit.append(
            actor=caller.user_id,
            action="webhook.delivery_resent",
            subject=webhook_id,
            details={"deliveryId": delivery_id},
            at=now,
        )
        head = repositories.deliveries.head(webhook_id, delivery.lane)
    return Resent(
        delivery=delivery, is_turn=head is not None and head.id == delivery_id, is_replay=False
    )
