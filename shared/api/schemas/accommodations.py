"""Bodies of accommodations. The reason is for admins alone: students are told the numbers."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from shared.api.schemas.auth import UserOut
from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.domain.accommodations import (
    MAX_EXTRA_DAYS,
    MAX_REASON_LENGTH,
    MAX_TIME_MULTIPLIER,
    MIN_TIME_MULTIPLIER,
    NO_ACCOMMODATIONS,
    Accommodations,
    AccommodationsVersion,
)
from shared.domain.adjustment import Adjustment, Unmoved
from shared.domain.assessment import Assessment
from shared.domain.user import User


def _said(text: str) -> str | None:
    return text.strip() or None


class AccommodationsIn(RequestBody):
    # Strict, because true is no 1 here, nor is a text a number.
    time_multiplier: Annotated[
        float, Field(strict=True, ge=MIN_TIME_MULTIPLIER, le=MAX_TIME_MULTIPLIER)
    ]
    extra_days: Annotated[int, Field(strict=True, ge=0, le=MAX_EXTRA_DAYS)]
    reason: Annotated[Text, Field(max_length=MAX_REASON_LENGTH), AfterValidator(_said)] | None = (
        None
    )

    def to_domain(self) -> Accommodations:
        return Accommodations(time_multiplier=self.time_multiplier, extra_days=self.extra_days)


class GrantedOut(ResponseBody):
    """What a student is told of their accommodations."""

    time_multiplier: float
    extra_days: int

    @classmethod
    def of(cls, granted: Accommodations) -> Self:
        return cls(time_multiplier=granted.time_multiplier, extra_days=granted.extra_days)


class AccountOut(UserOut):
    accommodations: GrantedOut | None

    @classmethod
    def of_account(cls, user: User, granted: Accommodations | None) -> Self:
        return cls(
            **dict(UserOut.of(user)),
            accommodations=GrantedOut.of(granted) if granted else None,
        )


class AccommodationsOut(GrantedOut):
    """What an admin is told."""

    user_id: str
    reason: str | None
    version: int
    set_by: str
    set_at: Time

    @classmethod
    def of_version(cls, version: AccommodationsVersion) -> Self:
        return cls(
            **dict(GrantedOut.of(version.granted or NO_ACCOMMODATIONS)),
            user_id=version.student_id,
            reason=version.reason,
            version=version.version,
            set_by=version.set_by,
            set_at=version.set_at,
        )


class MovedOut(ResponseBody):
    """An assessment whose deadline moved."""

    assessment_id: str
    previous_expires_at: Time
    expires_at: Time
    time_multiplier: float
    """What its time limits are multiplied by from now on."""

    @classmethod
    def of(cls, before: Assessment, after: Assessment) -> Self:
        return cls(
            assessment_id=after.id,
            previous_expires_at=before.expires_at,
            expires_at=after.expires_at,
            time_multiplier=after.accommodations.time_multiplier,
        )


class UnmovedOut(ResponseBody):
    """An assessment whose deadline stays, and why.

    `expired`: its time was up, and nothing revives it. `would_expire`: without the days that were
    taken away its time would be up already. `same_days`: it has as many extra days as before. The
    time limits of the last two are multiplied by `timeMultiplier` all the same.
    """

    assessment_id: str
    expires_at: Time
    time_multiplier: float
    reason: Unmoved

    @classmethod
    def of(cls, assessment: Assessment, reason: Unmoved) -> Self:
        return cls(
            assessment_id=assessment.id,
            expires_at=assessment.expires_at,
            time_multiplier=assessment.accommodations.time_multiplier,
            reason=reason,
        )


class AdjustedOut(ResponseBody):
    """What became of the assessments that the student has not submitted, oldest first."""

    changed: list[MovedOut]
    unchanged: list[UnmovedOut]

    @classmethod
    def of(cls, adjustments: Sequence[Adjustment]) -> Self:
        return cls(
            changed=[MovedOut.of(a.before, a.after) for a in adjustments if a.unmoved is None],
            unchanged=[UnmovedOut.of(a.after, a.unmoved) for a in adjustments if a.unmoved],
        )


class AccommodationsSetOut(AccommodationsOut, AdjustedOut):
    @classmethod
    def of_set(cls, version: AccommodationsVersion, adjustments: Sequence[Adjustment]) -> Self:
        return cls(
            **dict(AccommodationsOut.of_version(version)), **dict(AdjustedOut.of(adjustments))
        )


class AccommodationsRemovedOut(AdjustedOut):
    user_id: str

    @classmethod
    def of_removal(cls, version: AccommodationsVersion, adjustments: Sequence[Adjustment]) -> Self:
        return cls(user_id=version.student_id, **dict(AdjustedOut.of(adjustments)))
