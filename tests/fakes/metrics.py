from dataclasses import dataclass

from shared.domain.metrics import Metric


@dataclass(frozen=True, slots=True)
class Measured:
    metric: Metric
    value: float
    dimensions: dict[str, str]


class FakeMetrics:
    def __init__(self) -> None:
        self.measured: list[Measured] = []

    def count(self, metric: Metric, value: float = 1, **dimensions: str) -> None:
        self.measured.append(Measured(metric, value, dimensions))

    def milliseconds(self, metric: Metric, value: float, **dimensions: str) -> None:
        self.measured.append(Measured(metric, value, dimensions))

    def of(self, metric: Metric) -> list[Measured]:
        return [m for m in self.measured if m.metric is metric]
