"""The sender against a receiver on loopback: pinned addresses, one deadline, no redirects."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.adapters.http_webhook_sender import HttpWebhookSender
from shared.domain.webhook_delivery import Reply
from shared.domain.webhook_target import read_target
from shared.ports.resolver import CheckedTarget
from tests.fakes.webhook_receiver import Behaviour, WebhookReceiver, http_reply

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2", "127.0.0.3"])

HOST = "hooks.example.org"
HEADERS = {"webhook-id": "evt_1", "webhook-timestamp": "1767268800", "webhook-signature": "v1,x"}
PATIENCE = timedelta(seconds=0.5)
SLOWEST = 2.0
"""Seconds; far more than `PATIENCE`, far less than what a receiver would keep us."""


@pytest.fixture
def receiver() -> Generator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


def target(url: str, *addresses: str) -> CheckedTarget:
    return CheckedTarget(
        target=read_target(url, allow_loopback=True), addresses=addresses or ("127.0.0.1",)
    )


def post(receiver: WebhookReceiver, *addresses: str, path: str = "/hook?a=b") -> Reply:
    """Send to a name that no name server knows, at these addresses."""
    url = f"http://{HOST}:{receiver.port}{path}"
    sender = HttpWebhookSender(timeout=PATIENCE)
    return sender.post(target(url, *addresses), body='{"é":1}', headers=HEADERS)


def test_the_receiver_gets_the_bytes_with_their_headers(receiver: WebhookReceiver) -> None:
    reply = post(receiver)

    (request,) = receiver.received
    assert request.line == "POST /hook?a=b HTTP/1.1"
    assert request.body == '{"é":1}'.encode()
    assert HEADERS.items() <= request.headers.items()
    assert request.headers["host"] == f"{HOST}:{receiver.port}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("Assay-Webhooks/")
    assert (reply.status, reply.body, reply.error) == (200, "thanks", None)
    assert 0 < reply.latency.total_seconds() < SLOWEST


def test_the_checked_address_is_connected_to_and_no_name_is_looked_up(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo
    asked: list[str] = []

    def spy(host: str, *args: object, **options: object) -> object:
        asked.append(host)
        return look_up(host, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", spy)

    assert post(receiver).status == 200
    assert HOST not in asked


def test_another_address_is_tried_when_the_first_does_not_listen(
    receiver: WebhookReceiver,
) -> None:
    assert post(receiver, "127.0.0.2", "127.0.0.1").status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: WebhookReceiver, status: int) -> None:
    with WebhookReceiver() as elsewhere:
        receiver.answer(http_reply(status, {"Location": elsewhere.url}))

        reply = post(receiver)

        assert (reply.status, reply.is_success) == (status, False)
        assert elsewhere.received == []


def test_no_proxy_of_the_environment_takes_part(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WebhookReceiver() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert post(receiver).status == 200
        assert proxy.received == []


def test_retry_after_is_handed_on(receiver: WebhookReceiver) -> None:
    receiver.answer(http_reply(503, {"retry-AFTER": "120"}))

    assert post(receiver).retry_after == "120"


class TestBodies:
    def test_the_first_1024_bytes_are_kept(self, receiver: WebhookReceiver) -> None:
        receiver.answer(http_reply(body=b"x" * 100_000))

        assert post(receiver).body == "x" * 1024

    def test_an_endless_one_is_not_read_to_its_end(self, receiver: WebhookReceiver) -> None:
        def endless(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b"y" * 65536)

        receiver.answer(endless)
        started = time.monotonic()

        assert post(receiver).body == "y" * 1024
        assert time.monotonic() - started < SLOWEST

    def test_bytes_that_are_no_text_are_replaced(self, receiver: WebhookReceiver) -> None:
        receiver.answer(http_reply(body=b"a\0\xffb"))

        assert post(receiver).body == "a\ufffd\ufffdb"

    def test_one_that_breaks_off_does_not_undo_the_status(self, receiver: WebhookReceiver) -> None:
        receiver.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")

        reply = post(receiver)

        assert (reply.status, reply.body, reply.error) == (200, "half", None)


def silent(connection: socket.socket) -> None:
    connection.recv(1)


def dripping(connection: socket.socket) -> None:
    """A byte every 0.1 s: each read is quick, and the whole never ends."""
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


class TestFailures:
    @pytest.mark.parametrize("behaviour", [silent, dripping])
    def test_the_time_is_up_however_the_receiver_spends_it(
        self, receiver: WebhookReceiver, behaviour: Behaviour
    ) -> None:
        receiver.answer(behaviour)
        started = time.monotonic()

        reply = post(receiver)

        assert (reply.status, reply.error) == (None, "timeout")
        assert PATIENCE.total_seconds() <= time.monotonic() - started < SLOWEST
        assert reply.latency >= PATIENCE

    def test_a_body_that_drips_does_not_keep_us_either(self, receiver: WebhookReceiver) -> None:
        def drip(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
            for _ in range(100):
                connection.sendall(b"z")
                time.sleep(0.1)

        receiver.answer(drip)
        started = time.monotonic()

        assert post(receiver).status == 200
        assert time.monotonic() - started < SLOWEST

    @pytest.mark.parametrize("answer", [b"", b"\x16\x03\x01", b"HTTP/1.1 200", b"SSH-2.0-x\r\n"])
    def test_an_answer_that_is_no_http_is_a_bad_one(
        self, receiver: WebhookReceiver, answer: bytes
    ) -> None:
        receiver.answer(answer)

        reply = post(receiver)

        assert (reply.status, reply.error) == (None, "bad_response")

    def test_nobody_listening_is_a_matter_of_the_connection(self) -> None:
        with WebhookReceiver() as receiver:
            pass

        reply = post(receiver, "127.0.0.2", "127.0.0.3")

        assert (reply.status, reply.error) == (None, "connection")

    def test_by_default_the_time_is_15_seconds(self) -> None:
        assert HttpWebhookSender()._timeout == 15


Certificate = Callable[[str], tuple[ssl.SSLContext, ssl.SSLContext]]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Make a certificate for a name; return the server's context and one that trusts it."""

    def make(name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
        now = datetime.fromtimestamp(time.time(), UTC)
        signed = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / "receiver.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(file)
        return server, ssl.create_default_context(cafile=str(file))

    return make


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class TestTls:
    def test_the_certificate_is_checked_against_the_name_at_the_pinned_address(
        self, certificate: Certificate
    ) -> None:
        server, trusting = certificate(HOST)
        with WebhookReceiver(server) as receiver:
            to = target(f"https://{HOST}:{receiver.port}/hook")

            reply = HttpWebhookSender(tls=trusting).post(to, body="{}", headers=HEADERS)

        assert (reply.status, reply.error) == (200, None)

    def test_a_certificate_of_another_name_is_refused(self, certificate: Certificate) -> None:
        server, trusting = certificate("other.example.org")
        with WebhookReceiver(server) as receiver:
            to = target(f"https://{HOST}:{receiver.port}/hook")

            reply = HttpWebhookSender(tls=trusting).post(to, body="{}", headers=HEADERS)

        assert (reply.status, reply.error) == (None, "tls")
        assert receiver.received == []

    def test_so_is_one_that_nobody_vouches_for(self, certificate: Certificate) -> None:
        server, _ = certificate(HOST)
        with WebhookReceiver(server) as receiver:
            to = target(f"https://{HOST}:{receiver.port}/hook")

            reply = HttpWebhookSender().post(to, body="{}", headers=HEADERS)

        assert (reply.status, reply.error) == (None, "tls")
        assert receiver.received == []
