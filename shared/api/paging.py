"""Pages and their cursors, which are opaque: only this API reads what it wrote."""

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.domain.errors import InvalidInputError

Limit = Annotated[int, Query(ge=1, le=100, description="Items per page")]
Cursor = Annotated[str | None, Query(max_length=200, description="`nextCursor` of the page before")]

Item = TypeVar("Item")

MOST_DIGITS: Final = 18
"""Of a number that fits PostgreSQL's bigint."""


def write_cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        if key := base64.b64decode(padded, altchars=b"-_", validate=True).decode():
            return key
    except ValueError:
        pass
    raise _no_cursor()


def read_number(cursor: str | None) -> int | None:
    """Read the cursor of a list whose keys are numbers."""
    key = read_cursor(cursor)
    if key is None:
        return None
    if key.isascii() and key.isdecimal() and len(key) <= MOST_DIGITS:
        return int(key)
    raise _no_cursor()


def _no_cursor() -> InvalidInputError:
    return InvalidInputError(
        "this is no cursor; use the nextCursor of a page, or none for the first",
        pointer="query/cursor",
    )


def page_of(
    items: Sequence[Item], *, key: Callable[[Item], str], limit: int, cursor: str | None
) -> tuple[Sequence[Item], str | None]:
    """Cut one page out of a short sequence; an unknown cursor is a fault, not the first page."""
    start = 0
    if (after := read_cursor(cursor)) is not None:
        keys = [key(item) for item in items]
        if after not in keys:
            raise InvalidInputError(
                "the list has changed; start again without a cursor", pointer="query/cursor"
            )
        start = keys.index(after) + 1
    page = items[start : start + limit]
    has_more = start + limit < len(items)
    return page, write_cursor(key(page[-1])) if page and has_more else None
