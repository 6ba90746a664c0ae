from collections.abc import Sequence

from shared.domain.errors import QueuesUnavailableError
from shared.domain.operations import QueueDepth, QueueState

EMPTY = QueueDepth(waiting=0, in_flight=0, delayed=0, oldest_seconds=None)


class FakeQueueMonitor:
    def __init__(self) -> None:
        self.states = [
            QueueState(name=name, queue=EMPTY, dead_letters=EMPTY)
            for name in ("scoring", "retrieval", "fusion", "webhooks")
        ]
        self.is_available = True

    def read(self) -> Sequence[QueueState]:
        if not self.is_available:
            raise QueuesUnavailableError("the queues cannot be read")
        return self.states
