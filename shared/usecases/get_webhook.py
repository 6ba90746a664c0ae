"""Read one webhook."""

from shared.domain.webhook import Webhook, WebhookId
from shared.ports.store import Store


def get_webhook(webhook_id: WebhookId, *, store: Store) -> Webhook:
    with store.begin() as repositories:
        return repositories.webhooks.get(webhook_id)
