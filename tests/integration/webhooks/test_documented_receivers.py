"""The receivers in docs/webhooks.md work as they stand there."""

import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from shared.adapters.http_webhook_sender import HttpWebhookSender
from shared.domain.event import EventId
from shared.domain.webhook_message import sign_symmetric, signed_content, write_secret
from shared.domain.webhook_target import read_target
from shared.ports.resolver import CheckedTarget
from tests.integration.webhooks.polling import listens

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ROOT: Final = Path(__file__).parents[3]
DOCUMENT: Final = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
NODE: Final = Path(sys.executable).with_name("node")
COMMANDS: Final = {"python": ([sys.executable], "py"), "js": ([str(NODE)], "mjs")}
KEY: Final = b"k" * 32
OTHER: Final = b"o" * 32
BODY: Final = '{"type":"webhook.test","data":{"name":"é"}}'


@dataclass(frozen=True, slots=True)
class Receiver:
    port: int

    def status_of(
        self, *, key: bytes = KEY, also: bytes | None = None, age: int = 0, body: str = BODY
    ) -> int | None:
        """Sign `BODY`, send `body`, and return what the receiver says."""
        at = int(time.time()) - age
        content = signed_content(EventId("evt_1"), at, BODY)
        signatures = [sign_symmetric(k, content) for k in (key, also) if k]
        target = read_target(f"http://127.0.0.1:{self.port}/", allow_loopback=True)
        reply = HttpWebhookSender().post(
            CheckedTarget(target=target, addresses=("127.0.0.1",)),
            body=body,
            headers={
                "webhook-id": "evt_1",
                "webhook-timestamp": str(at),
                "webhook-signature": " ".join([*signatures, "v1a,eA=="]),
            },
        )
        return reply.status


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def receiver(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Receiver]:
    language: str = request.param
    command, suffix = COMMANDS[language]
    (code,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    script = tmp_path_factory.mktemp("receiver") / f"receiver.{suffix}"
    script.write_text(code)
    port = _free_port()
    with subprocess.Popen(  # noqa: S603 - what we wrote ourselves
        [*command, str(script)],
        env={
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "WEBHOOK_SECRET": write_secret(KEY),
        },
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            listens(port)
            yield Receiver(port)
        finally:
            process.kill()


def test_what_assay_signed_is_taken(receiver: Receiver) -> None:
    assert receiver.status_of() == 204


def test_also_during_a_rotation(receiver: Receiver) -> None:
    assert receiver.status_of(key=OTHER, also=KEY) == 204


def test_what_somebody_else_signed_is_not(receiver: Receiver) -> None:
    assert receiver.status_of(key=OTHER) == 401


def test_nor_what_was_changed(receiver: Receiver) -> None:
    assert receiver.status_of(body=BODY.replace("é", "e")) == 401


def test_nor_what_is_old(receiver: Receiver) -> None:
    assert receiver.status_of(age=301) == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {b"webhook-id": b"evt_1"},
        {b"webhook-id": b"evt_1", b"webhook-timestamp": b"soon", b"webhook-signature": b"v1,x v1"},
        {b"webhook-signature": b"v1,\xe9".ljust(47, b"\xe9")},
    ],
)
def test_what_is_no_message_is_refused_and_does_no_harm(
    receiver: Receiver, headers: dict[bytes, bytes]
) -> None:
    url = f"http://127.0.0.1:{receiver.port}/"
    with httpx.Client(trust_env=False) as client:
        assert client.post(url, content=b"{}", headers=headers).status_code == 401

    assert receiver.status_of() == 204


def test_nor_does_one_who_hangs_up(receiver: Receiver) -> None:
    with socket.create_connection(("127.0.0.1", receiver.port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        # A reset and no farewell.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert receiver.status_of() == 204


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
