"""The dashboard and the alarms."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.api.routes import BASE_PATH, ROUTES
from shared.domain.metrics import Metric
from tests.infra.synthesized import Properties, Synthesized


def _alarms(stage: Synthesized) -> dict[str, Properties]:
    return {
        name.removeprefix("Alarms")[:-8]: alarm
        for name, alarm in stage.application.of_type("CloudWatch::Alarm").items()
    }


def _metrics(alarm: Properties) -> list[Mapping[str, Any]]:
    if "Metrics" not in alarm:
        return [alarm]
    return [m["MetricStat"]["Metric"] for m in alarm["Metrics"] if "MetricStat" in m]


@pytest.mark.parametrize("queue", ["Scoring", "Retrieval", "Fusion"])
def test_a_dead_letter_alarms_although_it_is_taken_away_at_once(
    production: Synthesized, queue: str
) -> None:
    alarm = _alarms(production)[f"{queue}DeadLetters"]

    assert alarm["Threshold"] == 0
    assert {m["MetricName"] for m in _metrics(alarm)} == {
        "NumberOfMessagesReceived",
        "ApproximateNumberOfMessagesVisible",
    }


@pytest.mark.parametrize("queue", ["Scoring", "Retrieval", "Fusion"])
def test_old_messages_alarm(production: Synthesized, queue: str) -> None:
    alarm = _alarms(production)[f"{queue}Age"]

    assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert alarm["Threshold"] == 120


def test_more_than_five_percent_degraded_in_an_hour_alarms(production: Synthesized) -> None:
    alarm = _alarms(production)["Degraded"]

    assert alarm["Threshold"] == 5
    assert {m["MetricName"] for m in _metrics(alarm)} == {
        Metric.ASSESSMENTS_COMPLETED,
        Metric.ASSESSMENTS_DEGRADED,
    }
    assert all(m["MetricStat"]["Period"] == 3600 for m in alarm["Metrics"] if "MetricStat" in m)


def test_every_route_that_people_wait_for_alarms_above_half_a_second(
    production: Synthesized,
) -> None:
    slow = [alarm for name, alarm in _alarms(production).items() if name.startswith("Slow")]
    watched = {
        dimension["Value"]
        for alarm in slow
        for metric in _metrics(alarm)
        for dimension in metric["Dimensions"]
        if dimension["Name"] == "route"
    }
    unwatched = {
        "complete_assessment",
        "transfer_content",
        "redrive_queue",
        "check_health",
        "get_jwks",
        "serve_docs",
    }
    assert all(alarm["Threshold"] == 500 for alarm in slow)
    assert watched == {
        f"{route.method} {BASE_PATH}{route.path}"
        for route in ROUTES
        if route.function not in unwatched
    }


def test_errors_and_failed_executions_alarm(production: Synthesized) -> None:
    alarms = _alarms(production)

    assert {"Pipeline", "ServerErrors", "FunctionErrors"} <= alarms.keys()
    watched = {
        production.modules[dimension["Value"]["Ref"]]
        for metric in (*_metrics(alarms["FunctionErrors"]), *_metrics(alarms["BackgroundErrors"]))
        for dimension in metric["Dimensions"]
    }
    assert {"authorize_request", "reconcile", "score_essay", "fail_task"} <= watched


def test_an_alarm_takes_no_more_metrics_than_cloudwatch_allows(production: Synthesized) -> None:
    for name, alarm in _alarms(production).items():
        assert len(_metrics(alarm)) <= 10, name


def test_alarms_tell_the_operator_and_call_silence_good(production: Synthesized) -> None:
    (topic,) = production.application.of_type("SNS::Topic")
    (subscription,) = production.application.of_type("SNS::Subscription").values()

    assert subscription["Endpoint"] == "ops@example.com"
    for name, alarm in _alarms(production).items():
        assert alarm["AlarmActions"] == [{"Ref": topic}], name
        assert alarm["TreatMissingData"] == "notBreaching", name
        assert alarm["AlarmDescription"], name


def test_the_dashboard_shows_every_metric(each_stage: Synthesized) -> None:
    (dashboard,) = each_stage.application.of_type("CloudWatch::Dashboard").values()

    shown = json.dumps(dashboard["DashboardBody"])
    for metric in Metric:
        assert metric in shown
