from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A token bucket: `capacity` requests at once, one more every `refill`."""

    name: str
    capacity: int
    refill: timedelta


class RateLimiter(Protocol):
    def take(self, bucket: Bucket, key: str, *, now: datetime) -> None:
        """Take one token from the bucket of `key`, or raise `RateLimitedError`.

        The key is stored hashed. When the limiter's storage is away the request passes: a limit
        that cannot be counted must not lock everybody out.
        """
        ...
