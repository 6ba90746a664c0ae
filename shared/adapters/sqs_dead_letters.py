"""Redrive of dead letters over Amazon SQS.

By receiving, sending and deleting, one by one: the emulator's IAM wants actions of their own for
batches, which AWS does not have. `StartMessageMoveTask` moves as well, but later and without saying
how many; here the caller is told, and no more is moved than asked for.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from shared.adapters.sqs_queue_monitor import MonitoredQueue
from shared.domain.errors import NotFoundError, QueuesUnavailableError
from shared.domain.operations import Redriven

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

logger = Logger(child=True)

AT_ONCE: Final = 10
"""The most messages that SQS gives at once."""
WAIT_SECONDS: Final = 1
"""Makes SQS ask all its servers; without it a short queue may look empty."""
HELD_SECONDS: Final = 30
"""For which a received message is nobody else's; moving ten takes less than a second."""


class SqsDeadLetters:
    def __init__(self, queues: Sequence[MonitoredQueue], *, sqs: "SQSClient") -> None:
        self._queues = {queue.name: queue for queue in queues}
        self._sqs = sqs

    def redrive(self, queue: str, *, limit: int) -> Redriven:
        if queue not in self._queues:
            raise NotFoundError(
                f"there is no queue of this name; there are {', '.join(self._queues)}"
            )
        source = self._queues[queue]
        moved = 0
        try:
            while moved < limit and (messages := self._receive(source, at_most=limit - moved)):
                for message in messages:
                    self._move(source, message)
                    moved += 1
            waiting, in_flight = self._left(source.dead_letter_url)
        except (ClientError, BotoCoreError) as error:
            logger.exception("redrive was cut short", queue=queue, moved=moved)
            if not moved:
                raise QueuesUnavailableError(
                    "the queue service does not answer; nothing was moved, try again"
                ) from error
            waiting = in_flight = None
        return Redriven(queue=queue, moved=moved, waiting=waiting, in_flight=in_flight)

    def _receive(self, queue: MonitoredQueue, *, at_most: int) -> Sequence["MessageTypeDef"]:
        return self._sqs.receive_message(
            QueueUrl=queue.dead_letter_url,
            MaxNumberOfMessages=min(AT_ONCE, at_most),
            WaitTimeSeconds=WAIT_SECONDS,
            VisibilityTimeout=HELD_SECONDS,
        ).get("Messages", [])

    def _move(self, queue: MonitoredQueue, message: "MessageTypeDef") -> None:
        """Send first: a crash in between makes two of one, and never none."""
        self._sqs.send_message(QueueUrl=queue.url, MessageBody=message.get("Body", ""))
        self._sqs.delete_message(
            QueueUrl=queue.dead_letter_url, ReceiptHandle=message.get("ReceiptHandle", "")
        )

    def _left(self, url: str) -> tuple[int, int]:
        """Return how many dead letters wait, and how many somebody has received."""
        counts = self._sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return (
            int(counts["ApproximateNumberOfMessages"]),
            int(counts["ApproximateNumberOfMessagesNotVisible"]),
        )
