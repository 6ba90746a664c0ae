"""Domain objects as JSON payloads, and back.

The JSON names are the domain's field names: renaming a field there needs a migration of stored
rows, and `test_store_payloads.py` fails until there is one. A field that is added needs a default.
"""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(shape: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(shape)


def to_payload(shape: type[T], value: T) -> Any:
    return _adapter(shape).dump_python(value, mode="json")


def from_payload(shape: type[T], payload: Any) -> T:
    return _adapter(shape).validate_python(payload)
