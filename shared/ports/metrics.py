from typing import Protocol

from shared.domain.metrics import Metric


class Metrics(Protocol):
    def count(self, metric: Metric, value: float = 1, **dimensions: str) -> None:
        """Add a count; never raises, never blocks."""
        ...

    def milliseconds(self, metric: Metric, value: float, **dimensions: str) -> None:
        """Add a duration; never raises, never blocks."""
        ...
