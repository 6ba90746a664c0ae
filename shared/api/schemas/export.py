"""The body of an export; docs/privacy.md describes it for its reader.

Whoever is exported sees what is theirs: of questions what was asked and not the keys, of sessions
no secret, of the audit log what was done and not which person of the staff did it.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, Self

from shared.api.paging import write_cursor
from shared.api.schemas.accommodations import GrantedOut
from shared.api.schemas.auth import UserOut
from shared.api.schemas.base import ResponseBody, Time
from shared.api.schemas.feedback import FeedbackOut
from shared.api.schemas.held_assessment import ExportedAuditEntryOut, HeldAssessmentOut
from shared.api.schemas.verdicts import GivenHeldVerdictOut
from shared.domain.accommodations import AccommodationsVersion
from shared.domain.event import Event, EventType
from shared.domain.feedback import Feedback
from shared.domain.holdings import Holdings, KeptKey
from shared.domain.session import Session
from shared.domain.user import UserId

AUTHOR: Final = "authorId"
MOST_BYTES: Final = 4_000_000
"""Of all assessments together. A reply of Lambda has at most 6 MB; the longest assessment, three
essays of 10,000 characters that JSON spells with six bytes each, quoted whole by every criterion,
has 0.7 MB for each attempt at it."""


class SessionOut(ResponseBody):
    id: str
    created_at: Time
    expires_at: Time
    revoked_at: Time | None
    generation: int
    """How often it was refreshed, and one."""

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            id=session.id,
            created_at=session.created_at,
            expires_at=session.expires_at,
            revoked_at=session.revoked_at,
            generation=session.generation,
        )


class KeptKeyOut(ResponseBody):
    scope: str
    operation: str
    key: str
    resource_id: str
    created_at: Time

    @classmethod
    def of(cls, key: KeptKey) -> Self:
        return cls(
            scope=key.scope,
            operation=key.operation,
            key=key.key,
            resource_id=key.resource_id,
            created_at=key.created_at,
        )


class EventOut(ResponseBody):
    id: str
    type: EventType
    sequence: int
    occurred_at: Time
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event, me: UserId) -> Self:
        """Leave out who of the staff gave feedback."""
        return cls(
            id=event.id,
            type=event.type,
            sequence=event.sequence,
            occurred_at=event.occurred_at,
            data={
                name: value for name, value in event.data.items() if name != AUTHOR or value == me
            },
        )


class HeldAccommodationsOut(ResponseBody):
    """One version; which of the staff set it is left out."""

    version: int
    granted: GrantedOut | None
    """Null from when they were taken away."""
    reason: str | None
    set_at: Time

    @classmethod
    def of(cls, version: AccommodationsVersion) -> Self:
        return cls(
            version=version.version,
            granted=GrantedOut.of(version.granted) if version.granted else None,
            reason=version.reason,
            set_at=version.set_at,
        )


class GivenFeedbackOut(FeedbackOut):
    comment: str | None

    @classmethod
    def build(cls, feedback: Feedback) -> Self:
        return cls(**dict(FeedbackOut.of(feedback)), comment=feedback.rating.comment)


class ExportOut(ResponseBody):
    format_version: Literal[1] = 1
    exported_at: Time
    account: UserOut
    sessions: list[SessionOut]
    idempotency_keys: list[KeptKeyOut]
    events: list[EventOut]
    accommodations: list[HeldAccommodationsOut]
    feedback: list[GivenFeedbackOut]
    verdicts: list[GivenHeldVerdictOut]
    """What staff decided on others' recommendations; empty for students."""
    audit: list[ExportedAuditEntryOut]
    assessments: list[HeldAssessmentOut]
    next_cursor: str | None

    @classmethod
    def build(cls, holdings: Holdings, *, now: datetime) -> Self:
        """Leave out the oldest assessments of the page that would make it too long."""
        me = holdings.user.id
        held = [HeldAssessmentOut.build(a, me, now) for a in holdings.assessments]
        assessments = _fitting(held)
        is_whole = len(assessments) == len(held)
        after = holdings.next_cursor if is_whole else assessments[-1].assessment_id
        return cls(
            exported_at=now,
            account=UserOut.of(holdings.user),
            sessions=[SessionOut.of(session) for session in holdings.sessions],
            idempotency_keys=[KeptKeyOut.of(key) for key in holdings.keys],
            events=[EventOut.of(event, me) for event in holdings.events],
            accommodations=[HeldAccommodationsOut.of(v) for v in holdings.accommodations],
            feedback=[GivenFeedbackOut.build(f) for f in holdings.feedback],
            verdicts=[GivenHeldVerdictOut.build(v) for v in holdings.verdicts],
            audit=[ExportedAuditEntryOut.of(entry, me) for entry in holdings.audit],
            assessments=assessments,
            next_cursor=write_cursor(after) if after else None,
        )


def _fitting(held: Sequence[HeldAssessmentOut]) -> list[HeldAssessmentOut]:
    """Return as many as fit, and at least one."""
    fitting: list[HeldAssessmentOut] = []
    size = 0
    for assessment in held:
        size += len(json.dumps(assessment.model_dump(mode="json", by_alias=True)))
        if fitting and size > MOST_BYTES:
            break
        fitting.append(assessment)
    return fitting
