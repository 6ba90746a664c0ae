"""A receiver of webhooks on loopback, well or badly behaved, that remembers what it got.

    with WebhookReceiver() as receiver:
        receiver.answer(http_reply(503, {"Retry-After": "2"}), http_reply(200))
        ... receiver.url, receiver.received ...

The last answer stands for ever. An answer is bytes, or a function that does what it likes.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Final, Self

HOST: Final = "127.0.0.1"
Behaviour = Callable[[socket.socket], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    line: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    at: float
    """Of the monotonic clock."""


def http_reply(
    status: int = 200, headers: Mapping[str, str] | None = None, body: bytes = b"thanks"
) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class WebhookReceiver:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._answers: list[bytes | Behaviour] = [http_reply()]
        self._lock = Lock()
        self.received: list[Received] = []
        self.released = Event()
        """Set when the test is over, so that nobody goes on waiting."""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/hook"

    def answer(self, *answers: bytes | Behaviour) -> None:
        with self._lock:
            self._answers = list(answers)

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain, self._secured(plain) as connection:
            request = _read(connection)
            with self._lock:
                self.received.append(request)
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if isinstance(answer, bytes):
                connection.sendall(answer)
            else:
                answer(connection)

    def _secured(self, plain: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain


def _read(connection: socket.socket) -> Received:
    content = b""
    while b"\r\n\r\n" not in content:
        content += _more(connection)
    head, _, body = content.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    pairs = (header.partition(":") for header in rest)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    while len(body) < int(headers.get("content-length", 0)):
        body += _more(connection)
    return Received(line=line, headers=headers, body=body, at=time.monotonic())


def _more(connection: socket.socket) -> bytes:
    if chunk := connection.recv(65536):
        return chunk
    raise ConnectionResetError
