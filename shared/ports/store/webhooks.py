"""Webhooks, what they are to be told, and how each delivery went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId
from shared.domain.webhook import Webhook, WebhookId
from shared.domain.webhook_delivery import Attempt, Delivery, DeliveryId, DeliveryStatus
from shared.domain.webhook_message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPage:
    """One page, newest first; `next_cursor` is None on the last."""

    items: tuple[Webhook, ...]
    next_cursor: WebhookId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """One page, newest first; `next_cursor` is None on the last."""

    items: tuple[Delivery, ...]
    next_cursor: DeliveryId | None


class WebhookRepository(Protocol):
    def add(self, webhook: Webhook) -> None: ...

    def get(self, webhook_id: WebhookId) -> Webhook:
        """Return the webhook, or raise `NotFoundError`."""
        ...

    def lock(self, webhook_id: WebhookId) -> Webhook:
        """Return the webhook, locked until the transaction ends, or raise `NotFoundError`."""
        ...

    def save(self, webhook: Webhook) -> None:
        """Replace all but id and time of creation."""
        ...

    def delete(self, webhook_id: WebhookId) -> None:
        """Remove the webhook with its deliveries and their log, or raise `NotFoundError`."""
        ...

    def enabled(self) -> tuple[Webhook, ...]: ...

    def page(self, *, limit: int, after: WebhookId | None) -> WebhookPage: ...


class DeliveryRepository(Protocol):
    def untold(self, student_id: UserId, *, through: int, since: datetime) -> tuple[Event, ...]:
        """Return the student's outbox events up to this sequence that have no message, in order.

        Those before `since` are left out: their messages may have been removed.
        """
        ...

    def add_message(self, message: Message) -> None: ...

    def messages(self, event_ids: Sequence[EventId]) -> Mapping[EventId, Message]:
        """Return those that exist."""
        ...

    def lock_lane(self, lane: str) -> None:
        """Hold the lane until the transaction ends: who comes next is decided by one at a time."""
        ...

    def lock_room(self, webhook_id: WebhookId) -> None:
        """Hold the count of `under_way` until the transaction ends."""
        ...

    def under_way(self, webhook_id: WebhookId, *, at: datetime) -> int:
        """Return how many deliveries hold a lease that ends after `at`."""
        ...

    def pending(self, webhook_id: WebhookId) -> int:
        """Return how many deliveries have not arrived yet and are not given up."""
        ...

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Insert them; a webhook has one delivery of a message."""
        ...

    def get(self, delivery_id: DeliveryId) -> Delivery:
        """Return the delivery, or raise `NotFoundError`."""
        ...

    def lock(self, delivery_id: DeliveryId) -> Delivery:
        """Return the delivery, locked until the transaction ends, or raise `NotFoundError`."""
        ...

    def save(self, delivery: Delivery) -> None:
        """Replace state, times and counts of the delivery with this id."""
        ...

    def head(self, webhook_id: WebhookId, lane: str) -> Delivery | None:
        """Return the pending delivery whose turn it is: the one of the lowest sequence."""
        ...

    def discard_pending(self, webhook_id: WebhookId, *, at: datetime) -> int:
        """End every pending delivery as discarded, and return how many there were."""
        ...

    def log(self, attempt: Attempt) -> None: ...

    def attempts(
        self, delivery_ids: Sequence[DeliveryId], *, newest: int
    ) -> Mapping[DeliveryId, list[Attempt]]:
        """Return the end of the log of each delivery that has one, oldest first."""
        ...

    def page_of(
        self,
        webhook_id: WebhookId,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        after: DeliveryId | None,
    ) -> DeliveryPage: ...

    def overdue(self, before: datetime, *, limit: int) -> tuple[DeliveryId, ...]:
        """Return deliveries whose turn it is and which nobody seems to see to, oldest first.

        They were due before `before`, and no lease of theirs ends after it.
        """
        ...

    def unarrived(
        self, webhook_id: WebhookId, *, since: datetime, limit: int
    ) -> tuple[Delivery, ...]:
        """Return deliveries of messages since then that failed or were discarded, oldest first."""
        ...

    def missed(
        self,
        webhook_id: WebhookId,
        *,
        types: Sequence[EventType],
        since: datetime,
        limit: int,
    ) -> tuple[Message, ...]:
        """Return students' messages since then without a delivery to the webhook, oldest first.

        Those of `types` alone, unless it is empty.
        """
        ...

    def count_old(self, before: datetime) -> Mapping[str, int]:
        """Return how many rows `remove_old` would remove in all, by table."""
        ...

    def remove_old(self, before: datetime, *, limit: int) -> Mapping[str, int]:
        """Remove up to `limit` messages of what happened before, oldest first, with all of theirs.

        One with a pending delivery stays whole. Returns rows by table: `webhook_attempts`,
        `webhook_deliveries`, `webhook_events`.
        """
        ...
