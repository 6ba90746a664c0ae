"""Adapters over the machine itself."""

import secrets
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Final

COUNTER_BITS: Final = 42
TAIL_BITS: Final = 32


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Uuid7Ids:
    """UUIDv7 as RFC 9562 section 6.2 method 1 says: time in ms, a counter, and a random tail.

    The counter starts anew at random each millisecond and counts up within it, so that ids of one
    process sort in the order of their making even when the clock stands still or goes back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._time = 0
        self._counter = 0

    def new(self) -> str:
        milliseconds, counter = self._next()
        value = milliseconds << 80
        value |= 7 << 76  # version
        value |= (counter >> 30) << 64
        value |= 0b10 << 62  # variant
        value |= (counter & (1 << 30) - 1) << TAIL_BITS
        value |= secrets.randbits(TAIL_BITS)
        return str(uuid.UUID(int=value))

    def _next(self) -> tuple[int, int]:
        now = time.time_ns() // 1_000_000
        with self._lock:
            if now > self._time:
                self._time = now
                # The top bit is left for counting: 2⁴¹ ids before it could overflow.
                self._counter = secrets.randbits(COUNTER_BITS - 1)
            else:
                self._counter += 1
            return self._time, self._counter
