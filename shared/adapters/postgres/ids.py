"""Ids as callers give them: one that is no UUID names nothing."""

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from shared.domain.errors import NotFoundError

UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""The canonical form only: two spellings of one id would be two ids elsewhere."""

Id = TypeVar("Id", bound=str)


def is_id(value: str) -> bool:
    return UUID.fullmatch(value) is not None


def well_formed(values: Iterable[Id]) -> list[Id]:
    return [value for value in values if is_id(value)]


def must_be_id(value: str, what: str) -> None:
    """Raise `NotFoundError` for what PostgreSQL would refuse to compare with a UUID."""
    if not is_id(value):
        raise NotFoundError(f"no {what} {value}")


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text, and so whether it can be looked for."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
