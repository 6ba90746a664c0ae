"""Bodies of webhooks and their deliveries."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.domain.event import EventType
from shared.domain.webhook import DisabledReason, Webhook
from shared.domain.webhook_delivery import Attempt, Delivery, DeliveryStatus
from shared.domain.webhook_message import Message, write_public_key
from shared.ports.webhook_keys import WebhookKeys

Url = Annotated[Text, Field(min_length=1, max_length=2048)]
Description = Annotated[Text, Field(max_length=200)]
EventTypes = Annotated[list[EventType], Field(max_length=len(EventType))]


class NewWebhook(RequestBody):
    url: Url
    event_types: EventTypes = Field(default_factory=list)
    """None named means all."""
    description: Description = ""


class ChangedWebhook(RequestBody):
    """What is left out stays as it is."""

    url: Url | None = None
    event_types: EventTypes | None = None
    description: Description | None = None
    enabled: bool | None = None


class Recover(RequestBody):
    since: AwareDatetime
    """At most 30 days ago."""


class WebhookOut(ResponseBody):
    id: str
    url: str
    event_types: list[EventType]
    """None means all."""
    description: str
    enabled: bool
    disabled_reason: DisabledReason | None
    failing_since: Time | None
    """The first failure after the last success; five days of that disable."""
    previous_secret_until: Time | None
    """Until then messages are signed with the secret before the last rotation too."""
    public_keys: list[str]
    """`whpk_…`, for who would rather verify `v1a` than keep a secret; the same for all webhooks.
    Two while Assay's own key is being rotated: one of them fits."""
    created_at: Time

    @classmethod
    def of(cls, webhook: Webhook, keys: WebhookKeys) -> Self:
        return cls(
            id=webhook.id,
            url=webhook.url,
            event_types=list(webhook.event_types),
            description=webhook.description,
            enabled=webhook.is_enabled,
            disabled_reason=webhook.disabled,
            failing_since=webhook.failing_since,
            previous_secret_until=webhook.previous_until,
            public_keys=[write_public_key(key) for key in keys.public_keys()],
            created_at=webhook.created_at,
        )


class WebhookWithSecret(WebhookOut):
    secret: str | None = None
    """`whsec_…`, in this one answer; null when the request is repeated."""

    @classmethod
    def with_secret(cls, webhook: Webhook, keys: WebhookKeys, secret: str | None) -> Self:
        return cls.of(webhook, keys).model_copy(update={"secret": secret})


class WebhookPageOut(ResponseBody):
    items: list[WebhookOut]
    next_cursor: str | None


class AttemptOut(ResponseBody):
    number: int
    at: Time
    status: int | None
    """The HTTP status; null when there was none, and then `error` says why."""
    latency_ms: int
    body: str
    """The first 1024 bytes of the answer."""
    error: str | None

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        reply = attempt.reply
        return cls(
            number=attempt.number,
            at=attempt.at,
            status=reply.status,
            latency_ms=round(reply.latency.total_seconds() * 1000),
            body=reply.body,
            error=reply.error,
        )


class DeliveryOut(ResponseBody):
    id: str
    event_id: str
    """What receivers get as `webhook-id`."""
    event_type: EventType
    student_id: str | None
    sequence: int
    status: DeliveryStatus
    created_at: Time
    next_attempt_at: Time | None
    finished_at: Time | None
    attempts: list[AttemptOut]
    """The newest 20, oldest first."""

    @classmethod
    def of(cls, delivery: Delivery, message: Message, attempts: Sequence[Attempt]) -> Self:
        return cls(
            id=delivery.id,
            event_id=delivery.event_id,
            event_type=message.type,
            student_id=message.student_id,
            sequence=delivery.sequence,
            status=delivery.status,
            created_at=delivery.created_at,
            next_attempt_at=delivery.due_at if delivery.is_pending else None,
            finished_at=delivery.finished_at,
            attempts=[AttemptOut.of(attempt) for attempt in attempts],
        )


class DeliveryPageOut(ResponseBody):
    items: list[DeliveryOut]
    next_cursor: str | None


class AcceptedDelivery(ResponseBody):
    delivery_id: str
    event_id: str


class RecoveryOut(ResponseBody):
    deliveries: int
    """How many were queued."""
    has_more: bool
    """Whether there was more than one request queues: ask again."""
