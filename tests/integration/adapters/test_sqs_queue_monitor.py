from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from shared.adapters.sqs_queue_monitor import MonitoredQueue, SqsQueueMonitor
from shared.domain.errors import QueuesUnavailableError
from shared.domain.operations import QueueDepth
from tests.builders import NOON, later
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

EMPTY = QueueDepth(waiting=0, in_flight=0, delayed=0, oldest_seconds=None)


class FakeCloudWatch:
    """Answers ages by queue name, as `get_metric_data` does."""

    def __init__(self) -> None:
        self.ages: dict[str, list[float]] = {}
        """Minute by minute, the newest last."""
        self.asked: dict[str, Any] = {}
        self.is_available = True

    def get_metric_data(self, **asked: Any) -> dict[str, Any]:
        if not self.is_available:
            raise EndpointConnectionError(endpoint_url="https://monitoring.example")
        self.asked = asked
        return {"MetricDataResults": [self._result(q) for q in asked["MetricDataQueries"]]}

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        assert (metric["Namespace"], metric["MetricName"]) == (
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
        )
        (dimension,) = metric["Dimensions"]
        assert dimension["Name"] == "QueueName"
        ages = self.ages.get(dimension["Value"], [])
        times = [NOON - timedelta(minutes=n) for n in reversed(range(len(ages)))]
        return {"Id": query["Id"], "Timestamps": times, "Values": ages}


@pytest.fixture
def client() -> "SQSClient":
    return boto3.client("sqs")


@pytest.fixture
def cloudwatch() -> FakeCloudWatch:
    return FakeCloudWatch()


@pytest.fixture
def queues(client: "SQSClient") -> list[MonitoredQueue]:
    def make(name: str) -> str:
        return client.create_queue(QueueName=name)["QueueUrl"]

    return [
        MonitoredQueue(name=name, url=make(name), dead_letter_url=make(f"{name}-dead-letters"))
        for name in ("scoring", "fusion")
    ]


@pytest.fixture
def monitor(
    queues: list[MonitoredQueue], client: "SQSClient", cloudwatch: FakeCloudWatch
) -> SqsQueueMonitor:
    return SqsQueueMonitor(queues, sqs=client, cloudwatch=cloudwatch, clock=FakeClock(later(59)))


def test_empty_queues_have_no_messages_and_no_age(
    monitor: SqsQueueMonitor, cloudwatch: FakeCloudWatch
) -> None:
    cloudwatch.ages["scoring"] = [40.0]

    states = monitor.read()

    assert [state.name for state in states] == ["scoring", "fusion"]
    assert {s.queue for s in states} | {s.dead_letters for s in states} == {EMPTY}


def test_messages_are_counted_by_what_they_wait_for(
    monitor: SqsQueueMonitor, client: "SQSClient", queues: list[MonitoredQueue]
) -> None:
    for delay in (0, 0, 0, 600):
        client.send_message(QueueUrl=queues[0].url, MessageBody="{}", DelaySeconds=delay)
    client.receive_message(QueueUrl=queues[0].url, MaxNumberOfMessages=1)
    client.send_message(QueueUrl=queues[1].dead_letter_url, MessageBody="{}")

    scoring, fusion = monitor.read()

    depth = scoring.queue
    assert (depth.waiting, depth.in_flight, depth.delayed) == (2, 1, 1)
    assert (scoring.dead_letters, fusion.queue) == (EMPTY, EMPTY)
    assert fusion.dead_letters.waiting == 1


def test_the_age_is_the_newest_that_was_measured(
    monitor: SqsQueueMonitor,
    client: "SQSClient",
    queues: list[MonitoredQueue],
    cloudwatch: FakeCloudWatch,
) -> None:
    client.send_message(QueueUrl=queues[0].url, MessageBody="{}")
    client.send_message(QueueUrl=queues[0].dead_letter_url, MessageBody="{}")
    cloudwatch.ages = {"scoring": [300.0, 61.0], "scoring-dead-letters": [7.0]}

    scoring, _ = monitor.read()

    assert scoring.queue.oldest_seconds == 61
    assert scoring.dead_letters.oldest_seconds == 7
    assert cloudwatch.asked["StartTime"] == NOON - timedelta(minutes=5)
    assert cloudwatch.asked["EndTime"] == NOON + timedelta(minutes=1)


def test_without_metrics_there_are_numbers_and_no_ages(
    monitor: SqsQueueMonitor,
    client: "SQSClient",
    queues: list[MonitoredQueue],
    cloudwatch: FakeCloudWatch,
) -> None:
    client.send_message(QueueUrl=queues[0].url, MessageBody="{}")
    cloudwatch.is_available = False

    scoring, _ = monitor.read()

    assert (scoring.queue.waiting, scoring.queue.oldest_seconds) == (1, None)


def test_queues_that_are_away_are_said_to_be(monitor: SqsQueueMonitor, client: "SQSClient") -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs.example")

    client.meta.events.register("before-call.sqs", unreachable)

    with pytest.raises(QueuesUnavailableError):
        monitor.read()


def test_a_queue_that_is_gone_is_said_to_be(
    monitor: SqsQueueMonitor, client: "SQSClient", queues: list[MonitoredQueue]
) -> None:
    client.delete_queue(QueueUrl=queues[0].url)

    with pytest.raises(QueuesUnavailableError):
        monitor.read()
