"""Things that happened, told to others through the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from shared.domain.user import UserId

EventId = NewType("EventId", str)


class EventType(StrEnum):
    ASSESSMENT_SUBMITTED = "assessment.submitted"
    ASSESSMENT_COMPLETED = "assessment.completed"
    ASSESSMENT_DEGRADED = "assessment.degraded"
    ASSESSMENT_FAILED = "assessment.failed"
    RESULT_CORRECTED = "result.corrected"
    RECOMMENDATION_FEEDBACK = "recommendation.feedback"
    USER_ERASED = "user.erased"
    WEBHOOK_TEST = "webhook.test"
    """Goes to one webhook on an admin's word, and never through the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`sequence` counts up per student without gaps; `data` is ids and numbers only."""

    id: EventId
    type: EventType
    student_id: UserId
    sequence: int
    occurred_at: datetime
    data: Mapping[str, Any]
