"""Moments in queries, as RFC 3339 writes them."""

import re
from datetime import UTC, datetime
from typing import Final

from shared.domain.errors import InvalidInputError

RFC_3339: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?", re.ASCII
)
"""`full-date`, or `date-time`; Python would also read other forms of ISO 8601."""
DESCRIPTION: Final = "RFC 3339: a date, which begins at midnight UTC, or a date and time with zone"


def read_moment(text: str | None, *, pointer: str) -> datetime | None:
    """Return the moment in UTC, None for none; `pointer` says where it stands."""
    if text is None:
        return None
    if RFC_3339.fullmatch(text.upper()):
        try:
            moment = datetime.fromisoformat(text.upper())
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
    raise InvalidInputError(
        "this is no RFC 3339 date; write 2026-01-31, or 2026-01-31T12:00:00Z (in another zone "
        "than UTC its + is %2B in an address)",
        pointer=pointer,
    )


def read_period(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return where a period begins and where it ends, or raise for one without a moment in it."""
    start, end = (
        read_moment(since, pointer="query/since"),
        read_moment(until, pointer="query/until"),
    )
    if start and end and end <= start:
        raise InvalidInputError("until must be later than since", pointer="query/until")
    return start, end
