"""Pages and their cursors, which are opaque: only this API reads what it wrote."""

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.domain.errors import InvalidInputError

Limit = Annotated[int, Query(ge=1, le=100, description="Items per page")]
Cursor = Annotated[str | None, Query(max_length=200, description="`nextCursor` of the page before")]

Item = TypeVar("Item")


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
    raise InvalidInputError(
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
