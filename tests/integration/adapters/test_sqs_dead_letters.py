from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from shared.adapters.sqs_dead_letters import SqsDeadLetters
from shared.adapters.sqs_queue_monitor import MonitoredQueue
from shared.domain.errors import NotFoundError, QueuesUnavailableError
from shared.domain.operations import Redriven

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def client() -> "SQSClient":
    return boto3.client("sqs")


@pytest.fixture
def scoring(client: "SQSClient") -> MonitoredQueue:
    return make(client, "scoring")


@pytest.fixture
def dead_letters(client: "SQSClient", scoring: MonitoredQueue) -> SqsDeadLetters:
    return SqsDeadLetters([scoring, make(client, "fusion")], sqs=client)


def make(client: "SQSClient", name: str) -> MonitoredQueue:
    return MonitoredQueue(
        name=name,
        url=client.create_queue(QueueName=name)["QueueUrl"],
        dead_letter_url=client.create_queue(QueueName=f"{name}-dead-letters")["QueueUrl"],
    )


def put(client: "SQSClient", queue: MonitoredQueue, count: int) -> list[str]:
    bodies = [f'{{"jobId":"{n}"}}' for n in range(count)]
    for body in bodies:
        client.send_message(QueueUrl=queue.dead_letter_url, MessageBody=body)
    return bodies


def count(client: "SQSClient", url: str) -> int:
    name: Any = "ApproximateNumberOfMessages"
    reply = client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(reply["Attributes"][name])


def bodies_in(client: "SQSClient", url: str) -> list[str]:
    found: list[str] = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message.get("Body", "") for message in messages]
    return sorted(found)


def refuse(client: "SQSClient", operation: str, *, after: int = 0) -> None:
    """Let the service be away from the call `after` on."""
    calls = iter(range(1_000))

    def answer(**_: object) -> None:
        if next(calls) >= after:
            raise EndpointConnectionError(endpoint_url="https://sqs.example")

    client.meta.events.register(f"before-call.sqs.{operation}", answer)


def test_all_go_back_to_their_queue_word_for_word(
    client: "SQSClient", scoring: MonitoredQueue, dead_letters: SqsDeadLetters
) -> None:
    bodies = put(client, scoring, 23)

    found = dead_letters.redrive("scoring", limit=100)

    assert found == Redriven(queue="scoring", moved=23, waiting=0, in_flight=0)
    assert bodies_in(client, scoring.url) == sorted(bodies)
    assert count(client, scoring.dead_letter_url) == 0


def test_no_more_than_asked_for(
    client: "SQSClient", scoring: MonitoredQueue, dead_letters: SqsDeadLetters
) -> None:
    put(client, scoring, 15)

    found = dead_letters.redrive("scoring", limit=12)

    assert (found.moved, found.waiting) == (12, 3)
    assert count(client, scoring.url) == 12


def test_what_somebody_else_has_received_is_left_and_told(
    client: "SQSClient", scoring: MonitoredQueue, dead_letters: SqsDeadLetters
) -> None:
    put(client, scoring, 2)
    client.receive_message(QueueUrl=scoring.dead_letter_url, MaxNumberOfMessages=1)

    found = dead_letters.redrive("scoring", limit=100)

    assert found == Redriven(queue="scoring", moved=1, waiting=0, in_flight=1)


def test_an_empty_queue_is_no_fault(dead_letters: SqsDeadLetters) -> None:
    assert dead_letters.redrive("fusion", limit=100) == Redriven(
        queue="fusion", moved=0, waiting=0, in_flight=0
    )


def test_an_unknown_queue_is_not_found(dead_letters: SqsDeadLetters) -> None:
    with pytest.raises(NotFoundError, match="scoring, fusion"):
        dead_letters.redrive("essays", limit=1)


@pytest.mark.parametrize("operation", ["ReceiveMessage", "SendMessage"])
def test_while_the_service_is_away_nothing_is_lost(
    client: "SQSClient", scoring: MonitoredQueue, dead_letters: SqsDeadLetters, operation: str
) -> None:
    put(client, scoring, 1)
    refuse(client, operation)

    with pytest.raises(QueuesUnavailableError):
        dead_letters.redrive("scoring", limit=100)

    assert count(client, scoring.url) == 0
    held: Any = "ApproximateNumberOfMessagesNotVisible"
    reply = client.get_queue_attributes(QueueUrl=scoring.dead_letter_url, AttributeNames=[held])
    assert count(client, scoring.dead_letter_url) + int(reply["Attributes"][held]) == 1


def test_one_that_goes_away_meanwhile_leaves_what_was_moved(
    client: "SQSClient", scoring: MonitoredQueue, dead_letters: SqsDeadLetters
) -> None:
    put(client, scoring, 15)
    refuse(client, "ReceiveMessage", after=1)

    found = dead_letters.redrive("scoring", limit=100)

    assert found == Redriven(queue="scoring", moved=10, waiting=None, in_flight=None)
    assert count(client, scoring.dead_letter_url) == 5


def test_one_that_cannot_be_deleted_is_sent_and_not_counted(
    client: "SQSClient", scoring: MonitoredQueue, dead_letters: SqsDeadLetters
) -> None:
    put(client, scoring, 1)
    refuse(client, "DeleteMessage")

    with pytest.raises(QueuesUnavailableError):
        dead_letters.redrive("scoring", limit=100)

    assert count(client, scoring.url) == 1
