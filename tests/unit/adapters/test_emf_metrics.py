import json
import time
from typing import Any

import pytest

from shared.adapters.emf_metrics import EmfMetrics
from shared.domain.metrics import Metric


@pytest.fixture
def metrics() -> EmfMetrics:
    return EmfMetrics()


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_a_duration_is_one_line_of_json(
    metrics: EmfMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.milliseconds(Metric.REQUEST_LATENCY, 12.34567, route="GET /me")

    line = written(capsys)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert line["RequestLatency"] == 12.346
    assert (line["route"], line["service"]) == ("GET /me", "assay")
    assert directive == {
        "Namespace": "Assay",
        "Dimensions": [["service", "route"]],
        "Metrics": [{"Name": "RequestLatency", "Unit": "Milliseconds"}],
    }


def test_a_count_is_one_unless_said(
    metrics: EmfMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.count(Metric.ASSESSMENTS_COMPLETED)

    line = written(capsys)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert line["AssessmentsCompleted"] == 1
    assert directive["Metrics"] == [{"Name": "AssessmentsCompleted", "Unit": "Count"}]
    assert directive["Dimensions"] == [["service"]]


def test_with_a_track_it_is_counted_over_all_tracks_and_by_track(
    metrics: EmfMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.count(Metric.DEGRADED, 2, track="data-analyst", reason="retrieval_fallback")

    line = written(capsys)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["service", "reason"], ["service", "track", "reason"]]
    assert line["Degraded"] == 2
    assert line["track"] == "data-analyst"


def test_every_dimension_has_its_value(
    metrics: EmfMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.milliseconds(Metric.STAGE_DURATION, 1, track="data-analyst", stage="score_essay")

    line = written(capsys)
    for names in line["_aws"]["CloudWatchMetrics"][0]["Dimensions"]:
        assert all(isinstance(line[name], str) for name in names)


def test_it_is_stamped_in_milliseconds(
    metrics: EmfMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.count(Metric.TOKENS_USED, 5)

    assert written(capsys)["_aws"]["Timestamp"] == pytest.approx(time.time() * 1000, abs=60_000)
