"""Early redelivery of failed messages over Amazon SQS."""

import random
from typing import TYPE_CHECKING, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = Logger(child=True)

BASE_SECONDS: Final = 2
"""Doubles with each receive: about 2 s, then 4 s, so that a blip costs seconds."""


class SqsRedelivery:
    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def delay(self, receipt: str, *, receives: int) -> None:
        most = BASE_SECONDS * 2 ** (receives - 1)
        pause = random.uniform(most / 2, most)  # noqa: S311 - jitter
        try:
            self._client.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=receipt, VisibilityTimeout=round(pause)
            )
        except (ClientError, BotoCoreError):
            logger.exception("message comes back at its visibility timeout")
