"""Set what a student is accommodated with, or take it away; what is running follows at once."""

from dataclasses import dataclass
from typing import Any, Final

from shared.domain.accommodations import (
    NO_ACCOMMODATIONS,
    Accommodations,
    AccommodationsVersion,
    ensure_can_have,
    ensure_in_force,
)
from shared.domain.adjustment import Adjustment, adjust
from shared.domain.user import Caller, UserId
from shared.ports.clock import Clock
from shared.ports.store import Store

SET: Final = "accommodations.set"
REMOVED: Final = "accommodations.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAccommodations:
    version: AccommodationsVersion
    adjustments: tuple[Adjustment, ...]
    """One for each assessment that was not submitted, oldest first."""


def set_accommodations(
    student_id: UserId,
    wanted: Accommodations | None,
    caller: Caller,
    *,
    reason: str | None,
    store: Store,
    clock: Clock,
) -> SetAccommodations:
    """Write the next version; None for `wanted` takes away.

    Raises:
        NotFoundError: there is no such user, or nothing to take away.
        NotAStudentError: the user can have none.
    """
    with store.begin() as repositories:
        # First, so that neither the role changes nor an assessment starts in between.
        before = repositories.accommodations.lock(student_id)
        user = repositories.users.get(student_id)
        if wanted is None:
            ensure_in_force(before, user)
        else:
            ensure_can_have(user)
        unsubmitted = repositories.assessments.lock_unsubmitted(student_id)
        now = clock.now()  # after the locks: a deadline that moves must not be past by then
        version = AccommodationsVersion(
            student_id=student_id,
            version=before.version + 1 if before else 1,
            granted=wanted,
            reason=reason,
            set_by=caller.user_id,
            set_at=now,
        )
        repositories.accommodations.append(version)
        adjustments = tuple(
            adjust(assessment, wanted or NO_ACCOMMODATIONS, now=now) for assessment in unsubmitted
        )
        for adjustment in adjustments:
            if adjustment.after != adjustment.before:
                repositories.assessments.save(adjustment.after)
        repositories.audit.append(
            actor=caller.user_id,
            action=SET if wanted else REMOVED,
            subject=student_id,
            details={
                "before": _numbers(before.granted if before else None),
                "after": _numbers(wanted),
            },
            at=now,
        )
    return SetAccommodations(version=version, adjustments=adjustments)


def _numbers(granted: Accommodations | None) -> dict[str, Any] | None:
    if granted is None:
        return None
    return {"timeMultiplier": granted.time_multiplier, "extraDays": granted.extra_days}
