from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from shared.adapters.dynamodb_rate_limiter import ATTEMPTS, DynamoDbRateLimiter
from shared.domain.errors import RateLimitedError
from shared.ports.rate_limiter import Bucket, RateLimiter
from tests.builders import NOON, later
from tests.fakes.rate_limiter import FakeRateLimiter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

BUCKET = Bucket(name="login", capacity=3, refill=timedelta(seconds=10))
ADDRESS = "203.0.113.7"


@pytest.fixture
def table() -> "Table":
    return boto3.resource("dynamodb").create_table(
        TableName="transient",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture(params=["fake", "dynamodb"])
def limiter(request: pytest.FixtureRequest) -> Iterator[RateLimiter]:
    """What every rate limiter promises is tested on the fake and on DynamoDB alike."""
    if request.param == "fake":
        yield FakeRateLimiter()
    else:
        yield DynamoDbRateLimiter(request.getfixturevalue("table"))


def passes(limiter: RateLimiter, *, now: datetime = NOON, key: str = ADDRESS) -> bool:
    try:
        limiter.take(BUCKET, key, now=now)
    except RateLimitedError:
        return False
    return True


class TestBucket:
    def test_it_holds_its_capacity_and_then_refuses(self, limiter: RateLimiter) -> None:
        assert [passes(limiter) for _ in range(5)] == [True, True, True, False, False]

    def test_a_refusal_tells_how_long_to_wait(self, limiter: RateLimiter) -> None:
        for seconds in (0, 1, 2):
            assert passes(limiter, now=later(seconds))

        with pytest.raises(RateLimitedError) as caught:
            limiter.take(BUCKET, ADDRESS, now=later(4))

        assert caught.value.retry_after == timedelta(seconds=6)

    def test_who_waits_that_long_passes_and_not_sooner(self, limiter: RateLimiter) -> None:
        for _ in range(3):
            limiter.take(BUCKET, ADDRESS, now=NOON)

        assert not passes(limiter, now=later(9.99))
        assert passes(limiter, now=later(10))
        assert not passes(limiter, now=later(10))

    def test_it_fills_up_again_and_no_further(self, limiter: RateLimiter) -> None:
        for _ in range(3):
            limiter.take(BUCKET, ADDRESS, now=NOON)

        assert [passes(limiter, now=later(3600)) for _ in range(4)] == [True, True, True, False]

    def test_refusals_take_no_token(self, limiter: RateLimiter) -> None:
        for _ in range(20):
            passes(limiter)

        assert passes(limiter, now=later(10))

    def test_over_time_a_token_comes_each_refill(self, limiter: RateLimiter) -> None:
        passed = sum(passes(limiter, now=later(3.5 * n)) for n in range(29))

        # Three at once, and one for each ten of the 98 seconds.
        assert passed == 3 + 9

    def test_keys_and_buckets_are_apart(self, limiter: RateLimiter) -> None:
        for _ in range(3):
            limiter.take(BUCKET, ADDRESS, now=NOON)

        assert passes(limiter, key="203.0.113.8")
        limiter.take(
            Bucket(name="refresh", capacity=1, refill=timedelta(seconds=1)), ADDRESS, now=NOON
        )


class TestStorage:
    def test_a_key_is_stored_hashed_and_may_be_forgotten_once_full(self, table: "Table") -> None:
        DynamoDbRateLimiter(table).take(BUCKET, ADDRESS, now=NOON)

        (item,) = table.scan()["Items"]
        assert ADDRESS not in str(item)
        assert str(item["id"]).startswith("bucket#login#")
        assert int(str(item["expiration"])) >= later(10).timestamp()

    def test_what_a_crash_of_the_clock_leaves_does_not_lock_out(self, table: "Table") -> None:
        limiter = DynamoDbRateLimiter(table)
        limiter.take(BUCKET, ADDRESS, now=later(0.123456))

        assert passes(limiter, now=NOON)


class RacedTable:
    """A table in which, for the first looks, a rival takes a token between look and write."""

    def __init__(self, table: "Table", *, bucket: Bucket, races: int) -> None:
        self._table = table
        self._bucket = bucket
        self._races = races

    def get_item(self, **arguments: Any) -> Any:
        found = self._table.get_item(**arguments)
        if self._races:
            self._races -= 1
            DynamoDbRateLimiter(self._table).take(self._bucket, ADDRESS, now=NOON)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)


def raced(table: "Table", *, bucket: Bucket = BUCKET, races: int = 1) -> DynamoDbRateLimiter:
    stand_in: Any = RacedTable(table, bucket=bucket, races=races)
    return DynamoDbRateLimiter(stand_in)


class TestContention:
    def test_no_token_is_given_twice(self, table: "Table") -> None:
        assert passes(raced(table))
        assert [passes(DynamoDbRateLimiter(table)) for _ in range(2)] == [True, False]

    def test_the_last_token_goes_to_one(self, table: "Table") -> None:
        for _ in range(2):
            DynamoDbRateLimiter(table).take(BUCKET, ADDRESS, now=NOON)

        assert not passes(raced(table))

    def test_who_always_comes_second_is_asked_to_come_again(self, table: "Table") -> None:
        wide = Bucket(name="login", capacity=100, refill=timedelta(seconds=10))
        with pytest.raises(RateLimitedError) as caught:
            raced(table, bucket=wide, races=ATTEMPTS).take(wide, ADDRESS, now=NOON)

        assert caught.value.retry_after == wide.refill


class TestOutage:
    def test_without_its_table_requests_pass(self) -> None:
        limiter = DynamoDbRateLimiter(boto3.resource("dynamodb").Table("nowhere"))

        assert all(passes(limiter) for _ in range(10))

    def test_without_a_network_requests_pass(self, table: "Table") -> None:
        def unreachable(**_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

        table.meta.client.meta.events.register("before-call.dynamodb", unreachable)

        assert all(passes(DynamoDbRateLimiter(table)) for _ in range(10))
