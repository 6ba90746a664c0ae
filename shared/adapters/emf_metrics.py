"""Metrics in CloudWatch's embedded metric format: a line of JSON on standard output."""

import json
import time
from typing import Final

from shared.domain.metrics import Metric

NAMESPACE: Final = "Assay"
SERVICE: Final = "assay"


class EmfMetrics:
    """Writes each metric over all tracks, and by track where there is one.

    By hand, since Powertools' metrics know one set of dimensions (format: CloudWatch User Guide,
    "Embedded metric format").
    """

    def count(self, metric: Metric, value: float = 1, **dimensions: str) -> None:
        self._write(metric, value, "Count", dimensions)

    def milliseconds(self, metric: Metric, value: float, **dimensions: str) -> None:
        self._write(metric, value, "Milliseconds", dimensions)

    def _write(self, metric: Metric, value: float, unit: str, dimensions: dict[str, str]) -> None:
        names = ["service", *dimensions]
        overall = [name for name in names if name != "track"]
        line = {
            "_aws": {
                "Timestamp": int(time.time() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [overall] if overall == names else [overall, names],
                        "Metrics": [{"Name": metric.value, "Unit": unit}],
                    }
                ],
            },
            "service": SERVICE,
            **dimensions,
            metric.value: round(value, 3),
        }
        print(json.dumps(line))  # noqa: T201 - standard output is where Lambda reads it from
