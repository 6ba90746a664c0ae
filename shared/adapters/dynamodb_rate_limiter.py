"""Token buckets in DynamoDB: one item a key, changed by conditional writes."""

import hashlib
import math
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.errors import RateLimitedError
from shared.ports.rate_limiter import Bucket

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

logger = Logger(child=True)

ATTEMPTS: Final = 5
"""Under contention another request of the same key took a token in between: look again."""


class DynamoDbRateLimiter:
    """Keeps of each bucket the time at which it is full again.

    One conditional write moves it: the generic cell rate algorithm (ITU-T I.371), which is a
    token bucket without a counter.
    """

    def __init__(self, table: "Table") -> None:
        self._table = table

    def take(self, bucket: Bucket, key: str, *, now: datetime) -> None:
        item_id = f"bucket#{bucket.name}#{hashlib.sha256(key.encode()).hexdigest()}"
        try:
            for _ in range(ATTEMPTS):
                if self._try_to_take(bucket, item_id, now.timestamp()):
                    return
        except (ClientError, BotoCoreError):
            logger.exception("rate limiter is away, request passes")
            return
        raise RateLimitedError("too many requests at once; try again", retry_after=bucket.refill)

    def _try_to_take(self, bucket: Bucket, item_id: str, now: float) -> bool:
        refill = bucket.refill.total_seconds()
        found: dict[str, Any] = self._table.get_item(Key={"id": item_id}, ConsistentRead=True).get(
            "Item", {}
        )
        seen = found.get("full_at")
        full_at = max(now, float(seen) if seen is not None else now) + refill
        # To the millisecond: timestamps as floats are good to a microsecond.
        wait = round(full_at - now - bucket.capacity * refill, 3)
        if wait > 0:
            raise RateLimitedError(
                f"too many requests; try again in {math.ceil(wait)} s",
                retry_after=timedelta(seconds=wait),
            )
        values: dict[str, Any] = {
            ":new": Decimal(repr(full_at)),
            ":expiration": int(full_at) + 60,
        }
        condition = "attribute_not_exists(full_at)"
        if seen is not None:
            condition, values[":seen"] = "full_at = :seen", seen
        try:
            self._table.update_item(
                Key={"id": item_id},
                UpdateExpression="SET full_at = :new, expiration = :expiration",
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
                return False
            raise
        return True
