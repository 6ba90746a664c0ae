from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from shared.adapters.sqs_redelivery import SqsRedelivery

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def client() -> "SQSClient":
    return boto3.client("sqs")


@pytest.fixture
def queue_url(client: "SQSClient") -> str:
    attributes: Any = {"VisibilityTimeout": "900"}
    return client.create_queue(QueueName="scoring", Attributes=attributes)["QueueUrl"]


@pytest.fixture
def redelivery(client: "SQSClient", queue_url: str) -> SqsRedelivery:
    return SqsRedelivery(client, queue_url)


@pytest.fixture
def receipt(client: "SQSClient", queue_url: str) -> str:
    client.send_message(QueueUrl=queue_url, MessageBody="{}")
    (message,) = client.receive_message(QueueUrl=queue_url)["Messages"]
    return message.get("ReceiptHandle", "")


@pytest.fixture
def pauses(client: "SQSClient") -> list[int]:
    """The visibility timeouts that were asked for, in seconds."""
    asked: list[int] = []

    def record(params: dict[str, Any], **_: object) -> None:
        asked.append(params["VisibilityTimeout"])

    client.meta.events.register("provide-client-params.sqs.ChangeMessageVisibility", record)
    return asked


@pytest.mark.parametrize(("receives", "between"), [(1, (1, 2)), (2, (2, 4)), (3, (4, 8))])
def test_the_pause_doubles_with_each_receive_and_is_jittered(
    redelivery: SqsRedelivery,
    receipt: str,
    pauses: list[int],
    receives: int,
    between: tuple[int, int],
) -> None:
    for _ in range(60):
        redelivery.delay(receipt, receives=receives)

    shortest, longest = between
    assert len(pauses) == 60
    assert shortest <= min(pauses) < max(pauses) <= longest


def test_the_message_is_back_long_before_the_queues_own_timeout(
    client: "SQSClient", queue_url: str, receipt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.adapters.sqs_redelivery.BASE_SECONDS", 0)
    assert client.receive_message(QueueUrl=queue_url).get("Messages", []) == []

    SqsRedelivery(client, queue_url).delay(receipt, receives=1)

    assert len(client.receive_message(QueueUrl=queue_url)["Messages"]) == 1


def test_a_receipt_that_is_no_longer_good_is_let_be(redelivery: SqsRedelivery) -> None:
    redelivery.delay("gone", receives=1)


def test_a_queue_that_is_away_is_let_be(client: "SQSClient", redelivery: SqsRedelivery) -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs.example")

    client.meta.events.register("before-call.sqs", unreachable)

    redelivery.delay("receipt", receives=1)
