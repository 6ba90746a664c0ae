"""Remove a webhook with its deliveries and their log."""

from shared.domain.user import Caller
from shared.domain.webhook import WebhookId
from shared.ports.clock import Clock
from shared.ports.store import Store


def delete_webhook(webhook_id: WebhookId, caller: Caller, *, store: Store, clock: Clock) -> None:
    with store.begin() as repositories:
        repositories.webhooks.delete(webhook_id)
        repositories.audit.append(
            actor=caller.user_id,
            action="webhook.deleted",
            subject=webhook_id,
            details={},
            at=clock.now(),
        )
