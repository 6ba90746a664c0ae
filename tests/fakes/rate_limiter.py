from datetime import datetime, timedelta

from shared.domain.errors import RateLimitedError
from shared.ports.rate_limiter import Bucket


class FakeRateLimiter:
    """Token buckets in memory: of each, the time at which it is full again."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        """Bucket name and key of each request that passed."""
        self._full_at: dict[tuple[str, str], datetime] = {}

    def take(self, bucket: Bucket, key: str, *, now: datetime) -> None:
        name = (bucket.name, key)
        full_at = max(now, self._full_at.get(name, now)) + bucket.refill
        wait = full_at - now - bucket.capacity * bucket.refill
        if wait > timedelta(0):
            raise RateLimitedError("too many requests", retry_after=wait)
        self._full_at[name] = full_at
        self.taken.append(name)
