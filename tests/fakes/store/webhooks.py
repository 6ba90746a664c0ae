from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from shared.adapters.postgres.ids import is_id
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId
from shared.domain.webhook import Webhook, WebhookId
from shared.domain.webhook_delivery import Attempt, Delivery, DeliveryId, DeliveryStatus
from shared.domain.webhook_message import Message
from shared.ports.store import DeliveryPage, WebhookPage
from tests.fakes.store.state import State

T = TypeVar("T", Webhook, Delivery)

UNARRIVED = (DeliveryStatus.FAILED, DeliveryStatus.DISCARDED)


class FakeWebhookRepository:
    def __init__(self, state: State) -> None:
        self._state = state
        self._webhooks = state.webhooks

    def add(self, webhook: Webhook) -> None:
        self._webhooks[webhook.id] = webhook

    def get(self, webhook_id: WebhookId) -> Webhook:
        if webhook_id not in self._webhooks:
            raise NotFoundError(f"no webhook {webhook_id}")
        return self._webhooks[webhook_id]

    def lock(self, webhook_id: WebhookId) -> Webhook:
        return self.get(webhook_id)

    def save(self, webhook: Webhook) -> None:
        if stored := self._webhooks.get(webhook.id):
            self._webhooks[webhook.id] = replace(webhook, created_at=stored.created_at)

    def delete(self, webhook_id: WebhookId) -> None:
        self.get(webhook_id)
        del self._webhooks[webhook_id]
        deliveries = self._state.deliveries
        for delivery in [d for d in deliveries.values() if d.webhook_id == webhook_id]:
            del deliveries[delivery.id]
            self._state.attempts.pop(delivery.id, None)

    def enabled(self) -> tuple[Webhook, ...]:
        return tuple(w for _, w in sorted(self._webhooks.items()) if w.is_enabled)

    def page(self, *, limit: int, after: WebhookId | None) -> WebhookPage:
        items, has_more = _page(self._webhooks.values(), limit, after)
        return WebhookPage(items=items, next_cursor=items[-1].id if has_more else None)


class FakeDeliveryRepository:
    def __init__(self, state: State) -> None:
        self._outbox = state.outbox
        self._messages = state.messages
        self._deliveries = state.deliveries
        self._attempts = state.attempts

    def untold(self, student_id: UserId, *, through: int, since: datetime) -> tuple[Event, ...]:
        events = [
            event
            for event in self._outbox.values()
            if event.student_id == student_id
            and event.sequence <= through
            and event.occurred_at >= since
            and event.id not in self._messages
        ]
        return tuple(sorted(events, key=lambda event: event.sequence))

    def add_message(self, message: Message) -> None:
        self._messages[message.id] = message

    def messages(self, event_ids: Sequence[EventId]) -> Mapping[EventId, Message]:
        return {key: self._messages[key] for key in event_ids if key in self._messages}

    def lock_lane(self, lane: str) -> None:
        """Transactions take turns anyway."""

    def lock_room(self, webhook_id: WebhookId) -> None:
        """Likewise."""

    def under_way(self, webhook_id: WebhookId, *, at: datetime) -> int:
        of_it = [d for d in self._deliveries.values() if d.webhook_id == webhook_id]
        return sum(d.lease_until is not None and d.lease_until > at for d in of_it)

    def pending(self, webhook_id: WebhookId) -> int:
        return len(self._pending(webhook_id))

    def add(self, deliveries: Sequence[Delivery]) -> None:
        self._deliveries |= {delivery.id: delivery for delivery in deliveries}

    def get(self, delivery_id: DeliveryId) -> Delivery:
        if delivery_id not in self._deliveries:
            raise NotFoundError(f"no delivery {delivery_id}")
        return self._deliveries[delivery_id]

    def lock(self, delivery_id: DeliveryId) -> Delivery:
        return self.get(delivery_id)

    def save(self, delivery: Delivery) -> None:
        if delivery.id in self._deliveries:
            self._deliveries[delivery.id] = delivery

    def head(self, webhook_id: WebhookId, lane: str) -> Delivery | None:
        pending = [d for d in self._pending(webhook_id) if d.lane == lane]
        return min(pending, key=lambda d: d.sequence, default=None)

    def discard_pending(self, webhook_id: WebhookId, *, at: datetime) -> int:
        pending = self._pending(webhook_id)
        for delivery in pending:
            self._deliveries[delivery.id] = replace(
                delivery, status=DeliveryStatus.DISCARDED, finished_at=at, lease_until=None
            )
        return len(pending)

    def log(self, attempt: Attempt) -> None:
        stored = replace(attempt, reply=replace(attempt.reply, retry_after=None))
        earlier = self._attempts.get(attempt.delivery_id, ())
        self._attempts[attempt.delivery_id] = (*earlier, stored)

    def attempts(
        self, delivery_ids: Sequence[DeliveryId], *, newest: int
    ) -> Mapping[DeliveryId, list[Attempt]]:
        logs = {key: self._attempts[key] for key in delivery_ids if key in self._attempts}
        return {key: list(log[-newest:]) for key, log in logs.items()}

    def page_of(
        self,
        webhook_id: WebhookId,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        after: DeliveryId | None,
    ) -> DeliveryPage:
        found = [
            d
            for d in self._deliveries.values()
            if d.webhook_id == webhook_id and status in (None, d.status)
        ]
        items, has_more = _page(found, limit, after)
        return DeliveryPage(items=items, next_cursor=items[-1].id if has_more else None)

    def overdue(self, before: datetime, *, limit: int) -> tuple[DeliveryId, ...]:
        found = [
            d
            for d in self._deliveries.values()
            if d.is_pending
            and d == self.head(d.webhook_id, d.lane)
            and d.due_at < before
            and (d.lease_until is None or d.lease_until < before)
        ]
        return tuple(d.id for d in sorted(found, key=lambda d: (d.due_at, d.id))[:limit])

    def unarrived(
        self, webhook_id: WebhookId, *, since: datetime, limit: int
    ) -> tuple[Delivery, ...]:
        found = {
            message.id: d
            for d in self._deliveries.values()
            if d.webhook_id == webhook_id
            and d.status in UNARRIVED
            and (message := self._messages[d.event_id]).occurred_at >= since
            and message.student_id
        }
        return tuple(found[key] for key in self._by_time(found))[:limit]

    def missed(
        self,
        webhook_id: WebhookId,
        *,
        types: Sequence[EventType],
        since: datetime,
        limit: int,
    ) -> tuple[Message, ...]:
        had = {d.event_id for d in self._deliveries.values() if d.webhook_id == webhook_id}
        found = [
            message.id
            for message in self._messages.values()
            if message.id not in had
            and message.occurred_at >= since
            and message.student_id
            and (not types or message.type in types)
        ]
        return tuple(self._messages[key] for key in self._by_time(found))[:limit]

    def count_old(self, before: datetime) -> Mapping[str, int]:
        return self._counts(self._old(before))

    def remove_old(self, before: datetime, *, limit: int) -> Mapping[str, int]:
        old = self._old(before)[:limit]
        counts = self._counts(old)
        for delivery in [d for d in self._deliveries.values() if d.event_id in old]:
            del self._deliveries[delivery.id]
            self._attempts.pop(delivery.id, None)
        for event_id in old:
            del self._messages[event_id]
        return counts

    def _old(self, before: datetime) -> list[EventId]:
        on_its_way = {d.event_id for d in self._deliveries.values() if d.is_pending}
        return self._by_time(
            message.id
            for message in self._messages.values()
            if message.occurred_at < before and message.id not in on_its_way
        )

    def _counts(self, old: Sequence[EventId]) -> Mapping[str, int]:
        theirs = [d.id for d in self._deliveries.values() if d.event_id in old]
        return {
            "webhook_attempts": sum(len(self._attempts.get(key, ())) for key in theirs),
            "webhook_deliveries": len(theirs),
            "webhook_events": len(old),
        }

    def _pending(self, webhook_id: WebhookId) -> list[Delivery]:
        return [d for d in self._deliveries.values() if d.webhook_id == webhook_id and d.is_pending]

    def _by_time(self, ids: Iterable[EventId]) -> list[EventId]:
        return sorted(ids, key=lambda key: (self._messages[key].occurred_at, key))


def _page(found: Iterable[T], limit: int, after: str | None) -> tuple[tuple[T, ...], bool]:
    """Return one page, newest first, and whether there is another."""
    if after is not None and not is_id(after):
        raise InvalidInputError("the cursor is not one that this list gave")
    newest = sorted(found, key=lambda item: item.id, reverse=True)
    rest = [item for item in newest if after is None or item.id < after]
    return tuple(rest[:limit]), len(rest) > limit
