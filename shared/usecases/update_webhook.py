"""Change where a webhook points, what it is told, or whether it is told at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.domain.errors import InvalidInputError
from shared.domain.event import EventType
from shared.domain.user import Caller
from shared.domain.webhook import (
    SUBSCRIBABLE,
    DisabledReason,
    Webhook,
    WebhookId,
    WebhookPolicy,
)
from shared.domain.webhook_target import read_target
from shared.ports.clock import Clock
from shared.ports.resolver import Resolver, check_target
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChanges:
    """What is None stays as it is."""

    url: str | None = None
    event_types: Sequence[EventType] | None = None
    description: str | None = None
    enabled: bool | None = None

    def apply(self, webhook: Webhook) -> Webhook:
        changed = webhook
        if self.url is not None:
            changed = changed.move(self.url)
        if self.event_types is not None:
            changed = replace(changed, event_types=tuple(dict.fromkeys(self.event_types)))
        if self.description is not None:
            changed = replace(changed, description=self.description)
        if self.enabled is not None:
            changed = changed.enable() if self.enabled else changed.disable(DisabledReason.BY_ADMIN)
        return changed


def update_webhook(
    webhook_id: WebhookId,
    changes: WebhookChanges,
    caller: Caller,
    *,
    policy: WebhookPolicy,
    resolver: Resolver,
    store: Store,
    clock: Clock,
) -> Webhook:
    """Disabling discards what is on its way; `recover` brings it back.

    Raises `InvalidInputError` for a URL that messages may not be sent to.
    """
    if EventType.WEBHOOK_TEST in (changes.event_types or ()):
        raise InvalidInputError(
            f"choose of {', '.join(SUBSCRIBABLE)}; tests come when you ask for them",
            pointer="/eventTypes",
        )
    if changes.url is not None:
        check_target(changes.url, resolver=resolver, allow_loopback=policy.allow_loopback)
    now = clock.now()
    with store.begin() as repositories:
        webhook = repositories.webhooks.lock(webhook_id)
        changed = changes.apply(webhook)
        repositories.webhooks.save(changed)
        if not changed.is_enabled:
            repositories.deliveries.discard_pending(webhook_id, at=now)
        repositories.audit.append(
            actor=caller.user_id,
            action="webhook.updated",
            subject=webhook_id,
            details={"before": _audited(webhook), "after": _audited(changed)},
            at=now,
        )
    return changed


def _audited(webhook: Webhook) -> dict[str, object]:
    return {
        # Its host alone: a path or a query may hold a token of the receiver's.
        "host": read_target(webhook.url, allow_loopback=True).host,
        "eventTypes": list(webhook.event_types),
        "enabled": webhook.is_enabled,
    }
