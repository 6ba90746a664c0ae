from collections.abc import Sequence
from typing import Protocol

from shared.domain.operations import QueueState


class QueueMonitor(Protocol):
    def read(self) -> Sequence[QueueState]:
        """Return how full each queue is: of the pipeline in the order of its stages, of webhooks.

        Raises `QueuesUnavailableError`. Ages come from elsewhere and may be a minute or two old;
        where they cannot be had they are None.
        """
        ...
