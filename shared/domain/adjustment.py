"""What other accommodations come to for an assessment that is already running."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.accommodations import Accommodations
from shared.domain.assessment import Assessment, AssessmentStatus


class Unmoved(StrEnum):
    """Why a deadline stays where it is."""

    EXPIRED = "expired"
    """Its time was up: nothing revives it."""
    WOULD_EXPIRE = "would_expire"
    """Without the days that are taken away its time would be up already."""
    SAME_DAYS = "same_days"
    """It has as many extra days as before; its time limits may be others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    before: Assessment
    after: Assessment
    unmoved: Unmoved | None
    """None when the deadline moved."""


def adjust(assessment: Assessment, wanted: Accommodations, *, now: datetime) -> Adjustment:
    """Give an assessment that was not submitted these accommodations.

    The deadline moves by the difference to the extra days that this assessment has. Where that
    would end it at once, it keeps them, and is measured against them the next time.
    """
    if assessment.status_at(now) is AssessmentStatus.EXPIRED:
        return Adjustment(before=assessment, after=assessment, unmoved=Unmoved.EXPIRED)
    had = assessment.accommodations
    moved = assessment.expires_at + timedelta(days=wanted.extra_days - had.extra_days)
    unmoved: Unmoved | None = None
    if wanted.extra_days == had.extra_days:
        unmoved = Unmoved.SAME_DAYS
    elif moved <= now:
        unmoved = Unmoved.WOULD_EXPIRE
        moved, wanted = assessment.expires_at, replace(wanted, extra_days=had.extra_days)
    after = replace(assessment, expires_at=moved, accommodations=wanted)
    return Adjustment(before=assessment, after=after, unmoved=unmoved)
