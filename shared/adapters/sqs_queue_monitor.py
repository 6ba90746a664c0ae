"""How full the queues are: numbers from Amazon SQS, ages from Amazon CloudWatch.

SQS tells how many messages there are and not how old; the age of the oldest is a metric that it
writes about once a minute while a queue is in use.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.errors import QueuesUnavailableError
from shared.domain.operations import QueueDepth, QueueState
from shared.ports.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = Logger(child=True)

NAMESPACE: Final = "AWS/SQS"
AGE: Final = "ApproximateAgeOfOldestMessage"
PERIOD_SECONDS: Final = 60
LOOK_BACK: Final = timedelta(minutes=5)
"""Metrics come a minute or two late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredQueue:
    name: str
    url: str
    dead_letter_url: str


class SqsQueueMonitor:
    def __init__(
        self,
        queues: Sequence[MonitoredQueue],
        *,
        sqs: "SQSClient",
        cloudwatch: Any,
        clock: Clock,
    ) -> None:
        """`cloudwatch` is a boto3 client, for whose types there is no package here."""
        self._queues = queues
        self._sqs = sqs
        self._cloudwatch = cloudwatch
        self._clock = clock

    def read(self) -> Sequence[QueueState]:
        try:
            counts = {url: self._counts(url) for url in self._urls()}
        except (ClientError, BotoCoreError) as error:
            raise QueuesUnavailableError("the queues cannot be read") from error
        ages = self._ages()
        return tuple(
            QueueState(
                name=queue.name,
                queue=_depth(counts[queue.url], ages.get(queue.url)),
                dead_letters=_depth(counts[queue.dead_letter_url], ages.get(queue.dead_letter_url)),
            )
            for queue in self._queues
        )

    def _urls(self) -> Iterator[str]:
        for queue in self._queues:
            yield queue.url
            yield queue.dead_letter_url

    def _counts(self, url: str) -> Mapping[str, int]:
        reply = self._sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ],
        )
        return {name: int(value) for name, value in reply["Attributes"].items()}

    def _ages(self) -> Mapping[str, int]:
        """Return the newest age of each queue that has one, in seconds by URL."""
        urls = list(self._urls())
        now = self._clock.now().astimezone(UTC)
        try:
            reply = self._cloudwatch.get_metric_data(
                MetricDataQueries=[_age_of(url, f"q{n}") for n, url in enumerate(urls)],
                StartTime=_minute(now - LOOK_BACK),
                EndTime=_minute(now + timedelta(seconds=PERIOD_SECONDS)),
                ScanBy="TimestampDescending",
            )
        except (ClientError, BotoCoreError):
            logger.exception("ages of the queues are not known")
            return {}
        newest = {
            result["Id"]: max(zip(result["Timestamps"], result["Values"], strict=True))[1]
            for result in reply["MetricDataResults"]
            if result["Values"]
        }
        return {url: int(newest[f"q{n}"]) for n, url in enumerate(urls) if f"q{n}" in newest}


def _depth(counts: Mapping[str, int], age: int | None) -> QueueDepth:
    depth = QueueDepth(
        waiting=counts["ApproximateNumberOfMessages"],
        in_flight=counts["ApproximateNumberOfMessagesNotVisible"],
        delayed=counts["ApproximateNumberOfMessagesDelayed"],
        oldest_seconds=age,
    )
    is_empty = not (depth.waiting or depth.in_flight or depth.delayed)
    # The metric is older than the numbers: of a message that is gone there is no age to tell.
    return replace(depth, oldest_seconds=None) if is_empty else depth


def _age_of(url: str, id: str) -> dict[str, Any]:
    dimensions = [{"Name": "QueueName", "Value": url.rpartition("/")[2]}]
    metric = {"Namespace": NAMESPACE, "MetricName": AGE, "Dimensions": dimensions}
    return {
        "Id": id,
        "MetricStat": {"Metric": metric, "Period": PERIOD_SECONDS, "Stat": "Maximum"},
    }


def _minute(time: datetime) -> datetime:
    """Round down: CloudWatch answers quicker when times fit its periods."""
    return time.replace(second=0, microsecond=0)
