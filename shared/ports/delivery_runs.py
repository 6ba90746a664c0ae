from typing import Protocol

from shared.domain.webhook_delivery import DeliveryId


class DeliveryRuns(Protocol):
    def start(self, delivery_id: DeliveryId, *, run: int) -> None:
        """Start the execution that sees the delivery through; the same run is started once.

        Raises `PipelineUnavailableError`.
        """
        ...
