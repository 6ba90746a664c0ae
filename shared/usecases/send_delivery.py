"""Make one attempt of a delivery, and say how it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.domain.audit import SYSTEM
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.metrics import Metric
from shared.domain.webhook import Webhook, WebhookPolicy
from shared.domain.webhook_delivery import (
    AT_ONCE,
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryStatus,
    Reply,
    seconds_until,
    wait_for_room,
)
from shared.domain.webhook_message import Message, sign_symmetric, signed_content
from shared.ports.clock import Clock
from shared.ports.metrics import Metrics
from shared.ports.resolver import Resolver, check_target
from shared.ports.store import Repositories, Store
from shared.ports.webhook_keys import WebhookKeys
from shared.ports.webhook_sender import WebhookSender


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`following` is the delivery whose turn it is now that this one has ended."""

    is_over: bool
    wait: int = 0
    """Seconds until the next attempt."""
    following: DeliveryId | None = None


OVER: Final = Progress(is_over=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """An attempt that is under way."""

    delivery: Delivery
    webhook: Webhook
    message: Message


def send_delivery(
    delivery_id: DeliveryId,
    run: int,
    *,
    policy: WebhookPolicy,
    resolver: Resolver,
    keys: WebhookKeys,
    sender: WebhookSender,
    store: Store,
    clock: Clock,
    metrics: Metrics,
    jitter: Callable[[], float],
) -> Progress:
    """Attempt the delivery if it is pending, due and its turn; `run` is the caller's execution.

    No transaction is open while the receiver works: it may take 15 s.
    """
    with store.begin() as repositories:
        begun = _begin(delivery_id, run, repositories, policy, now=clock.now(), jitter=jitter())
    if isinstance(begun, Progress):
        return begun
    at = clock.now()
    reply = _post(begun, at, policy=policy, resolver=resolver, keys=keys, sender=sender)
    attempt = Attempt(delivery_id=delivery_id, number=begun.delivery.logged, at=at, reply=reply)
    with store.begin() as repositories:
        after = _webhook_after(begun.webhook, reply, repositories, policy, clock.now())
        if after is None:
            return OVER
        webhook, disables = after
        progress = _settle(
            begun, webhook, attempt, repositories, policy, now=clock.now(), jitter=jitter()
        )
    outcome = "success" if reply.is_success else "failure"
    metrics.count(Metric.WEBHOOK_ATTEMPTS, outcome=outcome)
    if disables:
        metrics.count(Metric.WEBHOOKS_DISABLED)
    return progress


def _begin(
    delivery_id: DeliveryId,
    run: int,
    repositories: Repositories,
    policy: WebhookPolicy,
    *,
    now: datetime,
    jitter: float,
) -> _Begun | Progress:
    """Take the lease, or return why there is nothing to do now."""
    delivery = _lock(delivery_id, repositories)
    if delivery is None or not delivery.is_pending or delivery.run != run:
        return OVER
    # A lease is that of an attempt whose function died: it may still be on the wire.
    if now < (free_at := max(delivery.due_at, delivery.lease_until or delivery.due_at)):
        return Progress(is_over=False, wait=seconds_until(free_at, now))
    webhook = repositories.webhooks.get(delivery.webhook_id)
    if not webhook.is_enabled:  # disabled while this was being queued
        repositories.deliveries.save(delivery.discard(now))
        return OVER
    head = repositories.deliveries.head(delivery.webhook_id, delivery.lane)
    if head is None or head.id != delivery_id:
        # Something earlier was resent. It starts this one again when it has ended.
        return OVER
    begun = _enter(delivery, repositories, policy, now=now, jitter=jitter)
    repositories.deliveries.save(begun)
    if begun.lease_until is None:
        return Progress(is_over=False, wait=seconds_until(begun.due_at, now))
    message = repositories.deliveries.messages([delivery.event_id])[delivery.event_id]
    return _Begun(delivery=begun, webhook=webhook, message=message)


def _lock(delivery_id: DeliveryId, repositories: Repositories) -> Delivery | None:
    """Return None for one that was deleted with its webhook."""
    try:
        return repositories.deliveries.lock(delivery_id)
    except NotFoundError:
        return None


def _enter(
    delivery: Delivery,
    repositories: Repositories,
    policy: WebhookPolicy,
    *,
    now: datetime,
    jitter: float,
) -> Delivery:
    """Return the delivery with a lease; or without one, due later, if too many are under way."""
    repositories.deliveries.lock_room(delivery.webhook_id)
    if repositories.deliveries.under_way(delivery.webhook_id, at=now) < AT_ONCE:
        return delivery.begin_attempt(now)
    pending = repositories.deliveries.pending(delivery.webhook_id)
    return delivery.postpone(now + wait_for_room(pending, jitter=jitter) * policy.time_scale)


def _post(
    begun: _Begun,
    at: datetime,
    *,
    policy: WebhookPolicy,
    resolver: Resolver,
    keys: WebhookKeys,
    sender: WebhookSender,
) -> Reply:
    """Check the address anew, sign anew, and send."""
    webhook, message = begun.webhook, begun.message
    try:
        to = check_target(webhook.url, resolver=resolver, allow_loopback=policy.allow_loopback)
    except InvalidInputError as refusal:
        return Reply(status=None, latency=timedelta(), body=str(refusal), error="refused_address")
    timestamp = int(at.timestamp())
    content = signed_content(message.id, timestamp, message.body)
    try:
        secrets = [keys.open(sealed, webhook.id) for sealed in webhook.secrets_at(at)]
    except ValueError as fault:
        return Reply(status=None, latency=timedelta(), body=str(fault), error="unreadable_secret")
    signatures = [*(sign_symmetric(secret, content) for secret in secrets), *keys.sign(content)]
    headers = {
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
    return sender.post(to, body=message.body, headers=headers)


def _webhook_after(
    before: Webhook, reply: Reply, repositories: Repositories, policy: WebhookPolicy, now: datetime
) -> tuple[Webhook, bool] | None:
    """Note at the webhook how it answered, and whether that disables it.

    None when it was deleted meanwhile. The row is locked only when there is something to note, so
    that successes do not queue for it.
    """
    try:
        webhook = repositories.webhooks.get(before.id)
        if reply.is_success and webhook.failing_since is None:
            return webhook, False
        webhook = repositories.webhooks.lock(before.id)
    except NotFoundError:
        return None
    if webhook.url != before.url:  # it was another address that answered
        return webhook, False
    if reply.is_success:
        after = webhook.succeed()
    else:
        after = webhook.fail(now, is_gone=reply.is_gone, limit=policy.failing_limit)
    repositories.webhooks.save(after)
    disables = webhook.is_enabled and not after.is_enabled
    if disables:
        repositories.audit.append(
            actor=SYSTEM,
            action="webhook.disabled",
            subject=webhook.id,
            details={"reason": after.disabled},
            at=now,
        )
    return after, disables


def _settle(
    begun: _Begun,
    webhook: Webhook,
    attempt: Attempt,
    repositories: Repositories,
    policy: WebhookPolicy,
    *,
    now: datetime,
    jitter: float,
) -> Progress:
    repositories.deliveries.lock_lane(begun.delivery.lane)
    delivery = repositories.deliveries.lock(begun.delivery.id)
    repositories.deliveries.log(attempt)
    if delivery.is_pending and delivery.logged == begun.delivery.logged:
        delivery = delivery.settle(attempt.reply, now, jitter=jitter, scale=policy.time_scale)
        repositories.deliveries.save(delivery)
    if not webhook.is_enabled:
        repositories.deliveries.discard_pending(webhook.id, at=now)
        return OVER
    if delivery.status is DeliveryStatus.PENDING:
        return Progress(is_over=False, wait=seconds_until(delivery.due_at, now))
    head = repositories.deliveries.head(webhook.id, delivery.lane)
    return Progress(is_over=True, following=head.id if head else None)
