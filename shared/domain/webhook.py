"""Webhooks: where an integrator wants to be told, of what, and whether it still listens."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Self

from shared.domain.event import Event, EventType

WebhookId = NewType("WebhookId", str)
SealedSecret = NewType("SealedSecret", str)
"""A signing secret, encrypted: only the sender can open it."""

SUBSCRIBABLE: Final = tuple(t for t in EventType if t is not EventType.WEBHOOK_TEST)
OVERLAP: Final = timedelta(hours=24)
"""How long the secret before a rotation signs as well, so that a receiver can change over."""
FAILING_LIMIT: Final = timedelta(days=5)
"""Longer than the ten attempts of one delivery (75.6 h): one lost event disables nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPolicy:
    """What differs on a developer's machine."""

    allow_loopback: bool = False
    """Whether http to this very machine will do."""
    time_scale: float = 1
    """What the schedule's waits, and the days of failure, are multiplied by."""

    @property
    def failing_limit(self) -> timedelta:
        return FAILING_LIMIT * self.time_scale


class DisabledReason(StrEnum):
    BY_ADMIN = "by_admin"
    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """Five days without a success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One address of an integrator; no `event_types` means all."""

    id: WebhookId
    url: str
    description: str
    event_types: tuple[EventType, ...]
    secret: SealedSecret
    created_at: datetime
    previous_secret: SealedSecret | None = None
    previous_until: datetime | None = None
    """Until then the previous secret signs too."""
    disabled: DisabledReason | None = None
    failing_since: datetime | None = None
    """The first failure after the last success."""

    @property
    def is_enabled(self) -> bool:
        return self.disabled is None

    def wants(self, type: EventType) -> bool:
        return self.is_enabled and (not self.event_types or type in self.event_types)

    def is_told_of(self, event: Event) -> bool:
        """What happened before it was registered it gets only when it asks."""
        return self.wants(event.type) and self.created_at <= event.occurred_at

    def secrets_at(self, now: datetime) -> tuple[SealedSecret, ...]:
        """Return what a message is signed with, the newest first."""
        if self.previous_secret and self.previous_until and now < self.previous_until:
            return (self.secret, self.previous_secret)
        return (self.secret,)

    def rotate(self, secret: SealedSecret, now: datetime) -> Self:
        return replace(
            self,
            secret=secret,
            previous_secret=self.secret,
            previous_until=now + OVERLAP,
        )

    def enable(self) -> Self:
        return replace(self, disabled=None, failing_since=None)

    def disable(self, reason: DisabledReason) -> Self:
        return replace(self, disabled=self.disabled or reason)

    def move(self, url: str) -> Self:
        """Point elsewhere; how the old address behaved no longer counts."""
        return replace(self, url=url, failing_since=None)

    def succeed(self) -> Self:
        return replace(self, failing_since=None)

    def fail(self, now: datetime, *, is_gone: bool, limit: timedelta = FAILING_LIMIT) -> Self:
        """Count a failed attempt: 410 disables at once, `limit` without a success as well."""
        if is_gone:
            return self.disable(DisabledReason.GONE)
        since = self.failing_since or now
        failing = replace(self, failing_since=since)
        return failing.disable(DisabledReason.FAILING) if now - since >= limit else failing
