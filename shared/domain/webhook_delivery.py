"""Deliveries: one message to one webhook, attempted until it arrives or is given up on."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final, NewType, Self

from shared.domain.event import EventId
from shared.domain.webhook import WebhookId
from shared.domain.webhook_message import Message

DeliveryId = NewType("DeliveryId", str)

WAITS: Final = (
    timedelta(),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Before each of the ten attempts; 75.6 hours in all, so that a weekend is survived."""
JITTER: Final = 0.2
"""Each wait is up to a fifth shorter or longer: what failed together does not come together."""
LONGEST_RETRY_AFTER: Final = WAITS[-1]
"""A receiver may ask for more patience, but not for more than the longest step."""
TIMEOUT: Final = timedelta(seconds=15)
LEASE: Final = timedelta(seconds=60)
"""Longer than a function that sends can live."""
MAX_LOGGED_BYTES: Final = 1024
AT_ONCE: Final = 10
"""Attempts on one webhook at a time: a class that submits together does not flood its LMS, and an
LMS that answers slowly does not take the functions of all others."""
LONGEST_LOOK_AWAY: Final = timedelta(minutes=5)
PATIENT: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Replies whose `Retry-After` is honoured."""


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Ten attempts, or a reply that says never again."""
    DISCARDED = "discarded"
    """The webhook was disabled before it arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back: a status, or the reason why there is none."""

    status: int | None
    latency: timedelta
    body: str = ""
    """The first 1024 bytes."""
    retry_after: str | None = None
    """The header as sent."""
    error: str | None = None
    """A short stable word: `timeout`, `connection`, `tls`, `bad_response`, `refused_address`, or
    `unreadable_secret`."""

    @property
    def is_success(self) -> bool:
        """Only 2xx: a redirect is a failure, for it is not followed."""
        return (
            self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES
        )

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One line of the delivery log; `number` counts over all runs of the delivery."""

    delivery_id: DeliveryId
    number: int
    at: datetime
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    id: DeliveryId
    webhook_id: WebhookId
    event_id: EventId
    lane: str
    sequence: int
    status: DeliveryStatus
    created_at: datetime
    due_at: datetime
    """When the next attempt is to be made, given that it is this delivery's turn."""
    attempts: int = 0
    """Of this round; a resend begins another."""
    logged: int = 0
    """Attempts of all rounds."""
    run: int = 0
    """Executions started for it; only the newest may send."""
    lease_until: datetime | None = None
    finished_at: datetime | None = None

    @classmethod
    def of(cls, message: Message, webhook_id: WebhookId, *, id: DeliveryId, at: datetime) -> Self:
        """Return the delivery of the message to the webhook, due at once."""
        return cls(
            id=id,
            webhook_id=webhook_id,
            event_id=message.id,
            lane=message.lane,
            sequence=message.sequence,
            status=DeliveryStatus.PENDING,
            created_at=at,
            due_at=at,
        )

    @property
    def is_pending(self) -> bool:
        return self.status is DeliveryStatus.PENDING

    def start_run(self) -> Self:
        """Hand it to another execution; an attempt under way keeps its lease."""
        return replace(self, run=self.run + 1)

    def begin_attempt(self, now: datetime) -> Self:
        return replace(
            self, attempts=self.attempts + 1, logged=self.logged + 1, lease_until=now + LEASE
        )

    def settle(self, reply: Reply, now: datetime, *, jitter: float, scale: float = 1) -> Self:
        """Return the delivery after the reply to its attempt: over, or due again.

        `jitter` is a random number from 0 to 1, `scale` shortens the schedule.
        """
        free = replace(self, lease_until=None)
        if reply.is_success:
            return replace(free, status=DeliveryStatus.DELIVERED, finished_at=now)
        if reply.is_gone or self.attempts >= len(WAITS):
            return replace(free, status=DeliveryStatus.FAILED, finished_at=now)
        wait = scheduled_wait(self.attempts + 1, jitter=jitter) * scale
        return replace(free, due_at=now + max(wait, _asked_for(reply, now)))

    def postpone(self, until: datetime) -> Self:
        """Make room for others; this counts as no attempt."""
        return replace(self, due_at=until, lease_until=None)

    def discard(self, now: datetime) -> Self:
        return replace(self, status=DeliveryStatus.DISCARDED, lease_until=None, finished_at=now)

    def resend(self, now: datetime) -> Self:
        """Begin another round of ten attempts."""
        return replace(
            self,
            status=DeliveryStatus.PENDING,
            attempts=0,
            due_at=now,
            lease_until=None,
            finished_at=None,
        )


def scheduled_wait(attempt: int, *, jitter: float) -> timedelta:
    """Return the wait before the attempt of this number, from 1."""
    return WAITS[attempt - 1] * (1 + JITTER * (2 * jitter - 1))


def wait_for_room(pending: int, *, jitter: float) -> timedelta:
    """Return when to look again, while as many as may are being sent to the webhook.

    Of `pending` deliveries ten go at once, and each takes about a second. So with `jitter` from 0
    to 1 about ten look each second, however many there are.
    """
    wait = timedelta(seconds=2 * pending / AT_ONCE) * jitter
    return min(max(wait, timedelta(seconds=1)), LONGEST_LOOK_AWAY)


def seconds_until(time: datetime, now: datetime) -> int:
    """Return whole seconds, never too few."""
    return max(0, math.ceil((time - now).total_seconds()))


def _asked_for(reply: Reply, now: datetime) -> timedelta:
    """Read `Retry-After` (RFC 9110, 10.2.3): seconds or a date; none of it when it is neither."""
    if reply.status not in PATIENT or not reply.retry_after:
        return timedelta()
    text = reply.retry_after.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)  # of any length, which an int is not
        return timedelta(seconds=min(seconds, LONGEST_RETRY_AFTER.total_seconds()))
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for a number that fits no C integer
        return timedelta()
    return min((date if date.tzinfo else date.replace(tzinfo=UTC)) - now, LONGEST_RETRY_AFTER)
