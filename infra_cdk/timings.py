"""How long things may take, each derived from the time of one model call.

The order is what matters: a function ends before its lease does, and the lease before the message
is seen again. A redelivered message then never meets a worker that is still at it.
"""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration

MAX_RECEIVES: Final = 3
MODEL_CALLS: Final = 2
"""The most that one job makes: retrieval embeds its query, then the passages it cites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds; `margin` is for cold start and database, `step` from function to lease to queue."""

    model_call: int
    margin: int
    step: int

    @property
    def worker(self) -> Duration:
        return Duration.seconds(self._worker)

    @property
    def lease_seconds(self) -> int:
        return self._worker + self.step

    @property
    def visibility(self) -> Duration:
        return Duration.seconds(self._visibility)

    @property
    def task(self) -> Duration:
        """How long the state machine waits for a job.

        Twice what three deliveries take: a job that fails is reported by its dead letter, so this
        ends only what no message stands for any more, or what waits in a long queue.
        """
        return Duration.seconds(self._task)

    @property
    def execution(self) -> Duration:
        """Three such waits one after the other, and as long again for the fallbacks."""
        return Duration.seconds(2 * 3 * self._task)

    @property
    def message_age(self) -> Duration:
        """A message older than two deliveries means that workers fail or cannot keep up."""
        return Duration.seconds(2 * self._visibility)

    @property
    def _worker(self) -> int:
        return MODEL_CALLS * self.model_call + self.margin

    @property
    def _visibility(self) -> int:
        return self.lease_seconds + self.step

    @property
    def _task(self) -> int:
        return 2 * MAX_RECEIVES * self._visibility
