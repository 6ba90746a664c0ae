"""A stretch of time, from a moment on and up to another."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.domain.errors import InvalidInputError

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing is older, and arithmetic with the first days that there are would overflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`since` belongs to it, `until` does not."""

    since: datetime
    until: datetime


def period_of(
    since: datetime | None,
    until: datetime | None,
    *,
    now: datetime,
    usual: timedelta,
    longest: timedelta,
) -> Period:
    """Fill in what was left out: up to now, and the usual length.

    Raises:
        InvalidInputError: it is empty, or longer than the longest.
    """
    end = until or now
    start = since or max(end, EARLIEST) - usual
    if start >= end:
        raise InvalidInputError(
            "since is not before until, which is now if left out", pointer="query/since"
        )
    if end - start > longest:
        raise InvalidInputError(
            f"the period has more than {longest.days} days; ask for it in parts",
            pointer="query/since",
        )
    return Period(since=start, until=end)
