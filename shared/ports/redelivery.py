from typing import Protocol


class Redelivery(Protocol):
    def delay(self, receipt: str, *, receives: int) -> None:
        """Let a failed message come back after a pause that grows with `receives`, jittered.

        Without it the message waits for the queue's visibility timeout. Never raises.
        """
        ...
