"""Waiting for what happens elsewhere, never longer than it is allowed to take."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

PAUSE_SECONDS: Final = 0.1

T = TypeVar("T")


def eventually(look: Callable[[], T], *, at_most: float, what: str) -> T:
    """Look again until there is something to see, and return it.

    Raises:
        AssertionError: `at_most` seconds have passed; it says what was seen last.
    """
    deadline = time.monotonic() + at_most
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"no {what} within {at_most:g} s; last: {seen!r}"
        time.sleep(PAUSE_SECONDS)
