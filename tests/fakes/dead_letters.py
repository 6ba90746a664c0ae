from shared.domain.errors import NotFoundError, QueuesUnavailableError
from shared.domain.operations import Redriven


class FakeDeadLetters:
    def __init__(self) -> None:
        self.left = {"scoring": 0, "retrieval": 0, "fusion": 0}
        """Dead letters by queue."""
        self.is_available = True

    def redrive(self, queue: str, *, limit: int) -> Redriven:
        if not self.is_available:
            raise QueuesUnavailableError("the queue service does not answer")
        if queue not in self.left:
            raise NotFoundError(f"there is no such queue; there are {', '.join(self.left)}")
        moved = min(limit, self.left[queue])
        self.left[queue] -= moved
        return Redriven(queue=queue, moved=moved, waiting=self.left[queue], in_flight=0)
