"""More time for a student who needs it: longer time limits, and more days to finish."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.domain.errors import NotAStudentError, NotFoundError
from shared.domain.rounding import up
from shared.domain.user import Role, User, UserId

MIN_TIME_MULTIPLIER: Final = 1.0
MAX_TIME_MULTIPLIER: Final = 3.0
MAX_EXTRA_DAYS: Final = 60
MAX_REASON_LENGTH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Accommodations:
    """What a student, or one of their assessments, gets; by default what everybody gets."""

    time_multiplier: float = MIN_TIME_MULTIPLIER
    """Of the time limit of each question."""
    extra_days: int = 0
    """On top of an assessment's lifetime."""

    @property
    def extra_time(self) -> timedelta:
        return timedelta(days=self.extra_days)

    def time_limit(self, seconds: int | None) -> int | None:
        """Return a question's time limit in seconds, a begun second as a whole one."""
        return None if seconds is None else up(seconds * self.time_multiplier)


NO_ACCOMMODATIONS: Final = Accommodations()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccommodationsVersion:
    """One write to a student's accommodations; none is ever changed, so together they are history.

    `reason` is personal: for admins' eyes, and the one thing of it that erasure empties.
    """

    student_id: UserId
    version: int
    """From 1, counting those that took away as well."""
    granted: Accommodations | None
    """None from when they were taken away."""
    reason: str | None
    set_by: UserId
    set_at: datetime


def ensure_can_have(user: User) -> None:
    """Raise `NotAStudentError` unless the user is a student."""
    if user.role is not Role.STUDENT:
        raise NotAStudentError(
            f"user {user.id} is no student but {user.role}; only students take assessments, "
            "so only they have accommodations"
        )


def ensure_in_force(newest: AccommodationsVersion | None, user: User) -> AccommodationsVersion:
    """Return the newest version of the user, unless it took away or there is none.

    Somebody who was given accommodations as a student, and has another role now, still has them to
    be read and taken away.

    Raises:
        NotFoundError: the student has none.
        NotAStudentError: the user has none, and can have none.
    """
    if newest is None or newest.granted is None:
        ensure_can_have(user)
        raise NotFoundError(f"user {user.id} has no accommodations; PUT sets them")
    return newest
