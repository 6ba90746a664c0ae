from typing import Protocol

from shared.domain.operations import Redriven


class DeadLetters(Protocol):
    def redrive(self, queue: str, *, limit: int) -> Redriven:
        """Move up to `limit` dead letters of a queue back to it, and say how many there were.

        One that cannot be deleted after it was sent comes twice, which jobs bear. Those that
        somebody else has received at the moment are not to be had.

        Raises:
            NotFoundError: there is no such queue; the message names those that there are.
            QueuesUnavailableError: the queue service does not answer, and nothing was moved.
        """
        ...
