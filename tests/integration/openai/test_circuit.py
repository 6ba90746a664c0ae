"""The circuit around a provider, with its state in DynamoDB."""

from collections.abc import Generator
from time import monotonic, time
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from shared.adapters.circuit_breaker import (
    FAILURES_TO_OPEN,
    OPEN_SECONDS,
    CircuitBreaker,
    DynamoDBCircuitStore,
    provider_circuit,
)
from shared.domain.errors import EngineError, EngineRefusedError, EngineUnavailableError
from tests.fakes.openai_server import OpenAIServer
from tests.integration.openai.conftest import Connect

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TABLE = "transient"


@pytest.fixture
def dynamodb() -> Generator["DynamoDBClient"]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def name() -> str:
    """A name of its own for each test: Powertools counts failures per process and name."""
    return f"circuit#{uuid4()}"


@pytest.fixture
def circuit(dynamodb: "DynamoDBClient", name: str) -> CircuitBreaker:
    return a_circuit(dynamodb, name)


def a_circuit(dynamodb: "DynamoDBClient", name: str) -> CircuitBreaker:
    """Read the state anew for each call, as another environment would."""
    store = DynamoDBCircuitStore(table_name=TABLE, boto3_client=dynamodb)
    return CircuitBreaker(name, store, cache_seconds=0)


def fail(circuit: CircuitBreaker) -> None:
    def call() -> None:
        raise EngineUnavailableError("down", reason="server_error")

    with pytest.raises(EngineUnavailableError):
        circuit.call(call)


def refuse(circuit: CircuitBreaker) -> None:
    def call() -> None:
        raise EngineRefusedError("no", reason="refused")

    with pytest.raises(EngineRefusedError) as refusal:
        circuit.call(call)
    assert refusal.value.reason == "refused"


def is_open(circuit: CircuitBreaker) -> bool:
    try:
        circuit.call(lambda: None)
    except EngineRefusedError as refusal:
        return refusal.reason == "circuit_open"
    return False


def open_long_ago(dynamodb: "DynamoDBClient", name: str) -> None:
    """Put back the time at which the circuit opened, so that its next call is the probe."""
    dynamodb.update_item(
        TableName=TABLE,
        Key={"id": {"S": name}},
        UpdateExpression="SET opened_at = :t",
        ExpressionAttributeValues={":t": {"N": str(int(time()) - OPEN_SECONDS)}},
    )


def test_repeated_failures_open_it_and_then_no_request_is_made(
    server: OpenAIServer, connect: Connect, circuit: CircuitBreaker
) -> None:
    server.behave("server_error")
    provider = connect(circuit=circuit)

    def embed() -> str:
        with pytest.raises(EngineError) as caught:
            provider.embed(["SQL"], model="m", dimensions=256)
        return caught.value.reason

    assert [embed() for _ in range(FAILURES_TO_OPEN)] == ["server_error"] * FAILURES_TO_OPEN
    assert embed() == "circuit_open"
    assert len(server.requests) == FAILURES_TO_OPEN


def test_an_open_circuit_answers_at_once_while_the_provider_hangs(
    server: OpenAIServer, connect: Connect, circuit: CircuitBreaker
) -> None:
    for _ in range(FAILURES_TO_OPEN):
        fail(circuit)
    server.behave("slow")
    started = monotonic()

    with pytest.raises(EngineRefusedError) as refusal:
        connect(circuit=circuit, timeout_seconds=60).embed(["SQL"], model="m", dimensions=256)

    assert refusal.value.reason == "circuit_open"
    assert not refusal.value.is_charged
    assert monotonic() - started < 30
    assert server.requests == []


def test_a_success_in_between_starts_the_count_anew(circuit: CircuitBreaker) -> None:
    for _ in range(FAILURES_TO_OPEN - 1):
        fail(circuit)
    assert circuit.call(lambda: "fine") == "fine"
    for _ in range(FAILURES_TO_OPEN - 1):
        fail(circuit)
    assert not is_open(circuit)


def test_refusals_are_no_failures_and_start_the_count_anew(circuit: CircuitBreaker) -> None:
    for _ in range(FAILURES_TO_OPEN - 1):
        fail(circuit)
    for _ in range(FAILURES_TO_OPEN + 1):
        refuse(circuit)
    for _ in range(FAILURES_TO_OPEN - 1):
        fail(circuit)
    assert not is_open(circuit)


def test_it_is_open_for_every_environment(dynamodb: "DynamoDBClient", name: str) -> None:
    here, elsewhere = a_circuit(dynamodb, name), a_circuit(dynamodb, name)
    for _ in range(FAILURES_TO_OPEN):
        fail(here)
    assert is_open(elsewhere)


def test_after_a_while_one_call_tries_and_a_good_answer_closes_it(
    dynamodb: "DynamoDBClient", name: str, circuit: CircuitBreaker
) -> None:
    for _ in range(FAILURES_TO_OPEN):
        fail(circuit)
    open_long_ago(dynamodb, name)

    assert circuit.call(lambda: "fine") == "fine"

    item = dynamodb.get_item(TableName=TABLE, Key={"id": {"S": name}})["Item"]
    assert item["state"] == {"S": "CLOSED"}
    assert int(item["expiration"]["N"]) > time()


def test_a_refusal_of_the_probe_closes_it_too(
    dynamodb: "DynamoDBClient", name: str, circuit: CircuitBreaker
) -> None:
    for _ in range(FAILURES_TO_OPEN):
        fail(circuit)
    open_long_ago(dynamodb, name)

    refuse(circuit)

    assert not is_open(circuit)


def test_a_failed_probe_opens_it_again(
    dynamodb: "DynamoDBClient", name: str, circuit: CircuitBreaker
) -> None:
    for _ in range(FAILURES_TO_OPEN):
        fail(circuit)
    open_long_ago(dynamodb, name)

    fail(circuit)

    assert is_open(circuit)


def test_while_one_call_tries_the_others_are_turned_away(
    dynamodb: "DynamoDBClient", name: str, circuit: CircuitBreaker
) -> None:
    for _ in range(FAILURES_TO_OPEN):
        fail(circuit)
    open_long_ago(dynamodb, name)
    store = DynamoDBCircuitStore(table_name=TABLE, boto3_client=dynamodb)
    opened_at = store.get_state(name).opened_at
    assert opened_at is not None

    assert store.try_acquire_half_open(name, "another environment", opened_at)

    assert is_open(circuit)


def test_without_dynamodb_calls_go_through(name: str) -> None:
    circuit = CircuitBreaker(name, _unreachable_store(), cache_seconds=0)
    for _ in range(FAILURES_TO_OPEN + 1):
        fail(circuit)
    assert circuit.call(lambda: "fine") == "fine"


def test_a_probe_that_dynamodb_cannot_note_is_made_all_the_same() -> None:
    assert _unreachable_store().try_acquire_half_open("circuit#x", "me", 0)


def _circuit_of(base_url: str, service: str) -> CircuitBreaker:
    return provider_circuit(table_name=TABLE, base_url=base_url, service=service)


def test_each_service_of_each_provider_has_a_circuit_of_its_own(dynamodb: "DynamoDBClient") -> None:
    broken = _circuit_of("https://user:key@broken.test/v1", "chat")
    for _ in range(FAILURES_TO_OPEN):
        fail(broken)

    assert is_open(broken)
    assert not is_open(_circuit_of("https://broken.test/v1", "embeddings"))
    assert not is_open(_circuit_of("https://other.test/v1", "chat"))
    keys = [item["id"]["S"] for item in dynamodb.scan(TableName=TABLE)["Items"]]
    assert keys == ["circuit#broken.test#chat"]


def _unreachable_store() -> DynamoDBCircuitStore:
    config = Config(connect_timeout=0.2, read_timeout=0.2, retries={"total_max_attempts": 1})
    client = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:9",  # discard: nothing listens
        config=config,
    )
    return DynamoDBCircuitStore(table_name=TABLE, boto3_client=client)
