"""What a webhook gets, and how it is signed: Standard Webhooks 1.0."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId

MAX_BODY_BYTES: Final = 20_000
"""The specification's advice: messages are thin, and the API has the rest."""
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - says of a secret that it is one
PUBLIC_KEY_PREFIX: Final = "whpk_"
SECRET_BYTES: Final = 32
"""The specification asks for 24 to 64."""
RECOVERABLE: Final = timedelta(days=30)
"""As long as the bus keeps its archive: what is older nobody is told of any more."""
KEPT: Final = timedelta(days=45)
"""Messages, their deliveries and the log, from when it happened: as long as one can be asked for,
and 15 days more, which is as long as a delivery takes."""
SYMMETRIC: Final = "v1"
ASYMMETRIC: Final = "v1a"
NO_SEQUENCE: Final = 0
"""Of messages that belong to no student; a student's count from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event as receivers get it: the same bytes with every attempt and every resend.

    `id` is the event's, so that receivers can tell what they have had.
    """

    id: EventId
    type: EventType
    student_id: UserId | None
    sequence: int
    occurred_at: datetime
    body: str

    @property
    def lane(self) -> str:
        """Messages of one lane reach a webhook in order; a test is in a lane of its own."""
        return self.student_id or self.id


def message_of(event: Event, *, links: Mapping[str, str]) -> Message:
    """Return the message of a student's event; `links` say where the API has more."""
    data = {"studentId": event.student_id, **event.data, **links}
    return Message(
        id=event.id,
        type=event.type,
        student_id=event.student_id,
        sequence=event.sequence,
        occurred_at=event.occurred_at,
        body=_body(event.type, event.occurred_at, event.sequence, data),
    )


def trial_message(event_id: EventId, data: Mapping[str, Any], *, at: datetime) -> Message:
    """Return a message by which an admin tries whether a webhook listens."""
    return Message(
        id=event_id,
        type=EventType.WEBHOOK_TEST,
        student_id=None,
        sequence=NO_SEQUENCE,
        occurred_at=at,
        body=_body(EventType.WEBHOOK_TEST, at, NO_SEQUENCE, data),
    )


def _body(type: EventType, at: datetime, sequence: int, data: Mapping[str, Any]) -> str:
    time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    content = {"type": type.value, "timestamp": time, "sequence": sequence, "data": dict(data)}
    body = json.dumps(content, separators=(",", ":"))
    if len(body) >= MAX_BODY_BYTES:
        raise ValueError(f"a message of type {type} has {len(body)} bytes; it should carry ids")
    return body


def signed_content(message_id: EventId, timestamp: int, body: str) -> bytes:
    """Return the bytes that signatures are over; `timestamp` is the attempt's, in seconds."""
    return f"{message_id}.{timestamp}.{body}".encode()


def write_secret(secret: bytes) -> str:
    """Return the secret as a receiver configures it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def write_public_key(key: bytes) -> str:
    """Return a key for `v1a` as a receiver configures it."""
    return PUBLIC_KEY_PREFIX + base64.b64encode(key).decode()


def sign_symmetric(secret: bytes, content: bytes) -> str:
    """Return a `v1` signature: HMAC-SHA256 in base64."""
    digest = hmac.digest(secret, content, hashlib.sha256)
    return f"{SYMMETRIC},{base64.b64encode(digest).decode()}"
