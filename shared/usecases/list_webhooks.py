"""List webhooks, newest first."""

from shared.domain.webhook import WebhookId
from shared.ports.store import Store, WebhookPage


def list_webhooks(*, limit: int, after: WebhookId | None, store: Store) -> WebhookPage:
    with store.begin() as repositories:
        return repositories.webhooks.page(limit=limit, after=after)
