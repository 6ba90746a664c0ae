"""Give a webhook another secret, shown this once; the old one signs beside it for a day."""

from dataclasses import dataclass

from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Caller
from shared.domain.webhook import Webhook, WebhookId
from shared.domain.webhook_message import write_secret
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Store
from shared.ports.webhook_keys import WebhookKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class RotatedSecret:
    webhook: Webhook
    secret: str | None
    """None for a repeated request: nobody is shown a secret twice."""

    @property
    def is_replay(self) -> bool:
        return self.secret is None


def rotate_webhook_secret(
    webhook_id: WebhookId,
    caller: Caller,
    *,
    idempotency: IdempotencyKey | None,
    keys: WebhookKeys,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> RotatedSecret:
    now = clock.now()
    secret = keys.new_secret()
    rotation_id = ids.new()
    with store.begin() as repositories:
        webhook = repositories.webhooks.lock(webhook_id)
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=rotation_id, now=now)
            if first != rotation_id:
                return RotatedSecret(webhook=webhook, secret=None)
        rotated = webhook.rotate(keys.seal(secret, webhook_id), now)
        repositories.webhooks.save(rotated)
        repositories.audit.append(
            actor=caller.user_id,
            action="webhook.secret_rotated",
            subject=webhook_id,
            details={},
            at=now,
        )
    return RotatedSecret(webhook=rotated, secret=write_secret(secret))
