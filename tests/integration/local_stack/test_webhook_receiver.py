"""The receiver of `assay webhooks listen`, over loopback, with what Assay and others may send."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from local_stack import webhook_receiver
from local_stack.errors import LocalStackError
from local_stack.webhook_receiver import Arrival, Receiver, receiving
from shared.domain.event import EventId
from shared.domain.webhook_message import sign_symmetric, signed_content, write_secret

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY = b"k" * 32
BODY = '{"type":"webhook.test","sequence":0,"data":{"name":"é"}}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(0) as receiver:
        receiver.expect(write_secret(KEY))
        yield receiver


def signed(body: str = BODY, *, key: bytes = KEY, age: int = 0) -> dict[str, str]:
    at = int(datetime.now(UTC).timestamp()) - age
    content = signed_content(EventId("evt_1"), at, body)
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(at),
        "webhook-signature": f"{sign_symmetric(key, content)} v1a,eA==",
    }


def post(receiver: Receiver, body: bytes, headers: dict[str, str]) -> int:
    with httpx.Client(trust_env=False) as client:
        return client.post(receiver.url, content=body, headers=headers).status_code


def arrived(receiver: Receiver) -> Arrival:
    arrival = receiver.arrivals.get(timeout=5)
    assert isinstance(arrival, Arrival)
    return arrival


def test_what_assay_signed_is_taken_and_told(receiver: Receiver) -> None:
    assert post(receiver, BODY.encode(), signed()) == 204

    arrival = arrived(receiver)
    assert (arrival.id, arrival.type, arrival.sequence) == ("evt_1", "webhook.test", 0)
    assert arrival.fault is None
    assert arrival.content["data"] == {"name": "é"}


@pytest.mark.parametrize(
    ("headers", "body", "fault"),
    [
        (signed(key=b"o" * 32), BODY.encode(), "No matching signature"),
        (signed(), BODY.replace("é", "e").encode(), "No matching signature"),
        (signed(age=400), BODY.encode(), "too old"),
        (signed(age=-400), BODY.encode(), "too new"),
        ({}, BODY.encode(), "Missing required headers"),
        (signed() | {"webhook-signature": "v1"}, BODY.encode(), "malformed"),
        (signed() | {"webhook-signature": "v1,x"}, BODY.encode(), "malformed"),
        (signed() | {"webhook-timestamp": "soon"}, BODY.encode(), "Invalid"),
        (signed(), b"\xff", "malformed"),
    ],
)
def test_what_is_wrong_is_refused_and_told_why(
    receiver: Receiver, headers: dict[str, str], body: bytes, fault: str
) -> None:
    assert post(receiver, body, headers) == 401

    assert fault in (arrived(receiver).fault or "")


@pytest.mark.parametrize("body", ["[]", "no JSON"])
def test_a_signed_body_of_another_kind_is_shown_as_unknown(receiver: Receiver, body: str) -> None:
    assert post(receiver, body.encode(), signed(body)) == 204

    arrival = arrived(receiver)
    assert (arrival.type, arrival.sequence, arrival.fault) == ("?", "?", None)


def test_too_long_a_body_is_not_even_read(receiver: Receiver) -> None:
    assert post(receiver, b"x" * 1_000_001, signed()) == 413
    assert receiver.arrivals.empty()


def test_what_comes_before_the_secret_is_known_is_judged_by_it() -> None:
    with (
        receiving(0) as receiver,
        socket.create_connection(("127.0.0.1", receiver.server_port)) as c,
    ):
        head = "".join(f"{name}: {value}\r\n" for name, value in signed().items())
        length = len(BODY.encode())
        c.sendall(f"POST / HTTP/1.1\r\nContent-Length: {length}\r\n{head}\r\n{BODY}".encode())

        receiver.expect(write_secret(KEY))

        assert arrived(receiver).fault is None


def test_a_fault_of_its_own_reaches_who_reads(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(webhook_receiver, "judge", fail)

    with pytest.raises(httpx.TransportError):
        post(receiver, BODY.encode(), signed())

    assert isinstance(receiver.arrivals.get(timeout=5), RuntimeError)


def test_a_port_that_is_taken_is_said_to_be(receiver: Receiver) -> None:
    with pytest.raises(LocalStackError, match=f"Port {receiver.server_port}") as refused:
        receiving(receiver.server_port).__enter__()

    assert "--port" in refused.value.remedy


def test_nobody_listens_any_more_afterwards() -> None:
    with receiving(0) as receiver:
        port = receiver.server_port

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
