"""Assessments of many students, as their advisors look at them."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.assessment import Assessment
from shared.domain.scoring import Band, Profile
from shared.domain.track import TrackId
from shared.domain.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSelection:
    """Which assessments to look at; None leaves open."""

    student_id: UserId | None = None
    track_id: TrackId | None = None
    band: Band | None = None
    degraded: bool | None = None
    needs_review: bool | None = None
    since: datetime | None = None
    """Started then or later."""
    until: datetime | None = None
    """Started before then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortEntry:
    assessment: Assessment
    student_name: str
    profile: Profile | None
    """None until the assessment is completed."""
    needs_review: bool
    """Whether an essay of it is in the review queue."""
