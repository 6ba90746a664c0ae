"""After an outage of a receiver: deliver all that did not arrive."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.domain.errors import InvalidInputError, WebhookDisabledError
from shared.domain.event import EventId
from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Caller
from shared.domain.webhook import Webhook, WebhookId
from shared.domain.webhook_delivery import Delivery, DeliveryId
from shared.domain.webhook_message import RECOVERABLE, Message
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store

AT_ONCE: Final = 1_000
"""What one request can queue well within its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    count: int
    has_more: bool
    """Whether there was more than one request queues: ask again."""
    heads: tuple[DeliveryId, ...]
    """Those whose turn it is, still to be started; the others follow them."""
    is_replay: bool


def recover_deliveries(
    webhook_id: WebhookId,
    since: datetime,
    caller: Caller,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> Recovery:
    """Queue what failed, was discarded, or was never sent since then, in each student's order.

    Raises `InvalidInputError` for a `since` of more than 30 days ago, or `WebhookDisabledError`.
    """
    now = clock.now()
    if since < now - RECOVERABLE:
        raise InvalidInputError(
            f"events are kept for {RECOVERABLE.days} days; ask since a later time",
            pointer="/since",
        )
    recovery_id = ids.new()
    with store.begin() as repositories:
        webhook = repositories.webhooks.lock(webhook_id)
        if not webhook.is_enabled:
            raise WebhookDisabledError('enable the webhook first: PATCH it with {"enabled": true}')
        lost = _lost(repositories, webhook, since)
        has_more = len(lost) > AT_ONCE
        lost = lost[:AT_ONCE]
        count = len(lost)
        if idempotency:
            bound = f"{recovery_id}:{count}:{has_more:d}"
            first = repositories.idempotency.claim(idempotency, resource_id=bound, now=now)
            if first != bound:
                return _replay(first)
        again = [item.resend(now) for item in lost if isinstance(item, Delivery)]
        new = [
            Delivery.of(message, webhook_id, id=DeliveryId(ids.new()), at=now)
            for message in lost
            if isinstance(message, Message)
        ]
        _lock_lanes(repositories, [*again, *new])
        for delivery in again:
            repositories.deliveries.save(delivery)
        repositories.deliveries.add(new)
        repositories.audit.append(
            actor=caller.user_id,
            action="webhook.recovered",
            subject=webhook_id,
            details={"since": since.isoformat(), "deliveries": count},
            at=now,
        )
        heads = _heads(repositories, webhook_id, [*again, *new])
    return Recovery(count=count, has_more=has_more, heads=heads, is_replay=False)


def _lost(
    repositories: Repositories, webhook: Webhook, since: datetime
) -> list[Delivery | Message]:
    """Return what did not arrive, up to one more than is queued at once, in order of time.

    Deliveries that failed or were discarded, and messages that never had one: a cut between the
    two kinds would let what is later for a student come first.
    """
    find = repositories.deliveries
    failed = find.unarrived(webhook.id, since=since, limit=AT_ONCE + 1)
    missed = find.missed(webhook.id, types=webhook.event_types, since=since, limit=AT_ONCE + 1)
    messages = {m.id: m for m in missed}
    lost: dict[EventId, Delivery | Message] = {**messages, **{d.event_id: d for d in failed}}
    messages.update(find.messages([d.event_id for d in failed]))
    in_order = sorted(lost, key=lambda key: (messages[key].occurred_at, messages[key].sequence))
    return [lost[key] for key in in_order[: AT_ONCE + 1]]


def _replay(bound: str) -> Recovery:
    _, count, has_more = bound.split(":")
    return Recovery(count=int(count), has_more=has_more == "1", heads=(), is_replay=True)


def _lock_lanes(repositories: Repositories, deliveries: Iterable[Delivery]) -> None:
    """In one order everywhere, so that two who lock several never wait for each other."""
    for lane in sorted({delivery.lane for delivery in deliveries}):
        repositories.deliveries.lock_lane(lane)


def _heads(
    repositories: Repositories, webhook_id: WebhookId, deliveries: Iterable[Delivery]
) -> tuple[DeliveryId, ...]:
    queued = {delivery.id: delivery.lane for delivery in deliveries}
    heads = (
        repositories.deliveries.head(webhook_id, lane) for lane in dict.fromkeys(queued.values())
    )
    return tuple(head.id for head in heads if head and head.id in queued)
