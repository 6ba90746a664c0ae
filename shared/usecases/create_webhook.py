"""Register a webhook; its secret is shown this once."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.errors import InvalidInputError
from shared.domain.event import EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Caller
from shared.domain.webhook import SUBSCRIBABLE, Webhook, WebhookId, WebhookPolicy
from shared.domain.webhook_message import write_secret
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.resolver import Resolver, check_target
from shared.ports.store import Store
from shared.ports.webhook_keys import WebhookKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedWebhook:
    webhook: Webhook
    secret: str | None
    """None for a repeated request: nobody is shown a secret twice."""

    @property
    def is_replay(self) -> bool:
        return self.secret is None


def create_webhook(
    url: str,
    event_types: Sequence[EventType],
    description: str,
    caller: Caller,
    *,
    idempotency: IdempotencyKey | None,
    policy: WebhookPolicy,
    resolver: Resolver,
    keys: WebhookKeys,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> CreatedWebhook:
    """Raises `InvalidInputError` for a URL that messages may not be sent to."""
    if EventType.WEBHOOK_TEST in event_types:
        raise InvalidInputError(
            f"choose of {', '.join(SUBSCRIBABLE)}; tests come when you ask for them",
            pointer="/eventTypes",
        )
    checked = check_target(url, resolver=resolver, allow_loopback=policy.allow_loopback)
    now = clock.now()
    webhook_id = WebhookId(ids.new())
    secret = keys.new_secret()
    webhook = Webhook(
        id=webhook_id,
        url=url,
        description=description,
        event_types=tuple(dict.fromkeys(event_types)),
        secret=keys.seal(secret, webhook_id),
        created_at=now,
    )
    with store.begin() as repositories:
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=webhook_id, now=now)
            if first != webhook_id:
                return CreatedWebhook(
                    webhook=repositories.webhooks.get(WebhookId(first)), secret=None
                )
        repositories.webhooks.add(webhook)
        repositories.audit.append(
            actor=caller.user_id,
            action="webhook.created",
            subject=webhook_id,
            # Its host alone: a path or a query may hold a token of the receiver's.
            details={"host": checked.target.host, "eventTypes": list(webhook.event_types)},
            at=now,
        )
    return CreatedWebhook(webhook=webhook, secret=write_secret(secret))
