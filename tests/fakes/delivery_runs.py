from shared.domain.errors import PipelineUnavailableError
from shared.domain.webhook_delivery import DeliveryId


class FakeDeliveryRuns:
    def __init__(self) -> None:
        self.started: list[tuple[DeliveryId, int]] = []
        self.is_available = True

    def start(self, delivery_id: DeliveryId, *, run: int) -> None:
        if not self.is_available:
            raise PipelineUnavailableError("the delivery could not be started")
        self.started.append((delivery_id, run))
