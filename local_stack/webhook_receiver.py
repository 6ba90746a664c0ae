"""A receiver of webhooks on this machine, which verifies what comes as an integrator would."""

import json
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any, Final, cast

from standardwebhooks import Webhook, WebhookVerificationError
from typing_extensions import override

from local_stack.errors import LocalStackError

HOST: Final = "127.0.0.1"
MAX_BODY: Final = 1_000_000
"""A message has less than 20 kB."""
POLL_SECONDS: Final = 0.05
"""How long stopping takes at most."""
SECONDS: Final = 15.0
"""In which a request is there; Assay itself waits no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request, and what is wrong with it."""

    at: datetime
    id: str
    content: Mapping[str, Any]
    """The body as it was sent, or nothing where it was no JSON object."""
    fault: str | None

    @property
    def type(self) -> str:
        return str(self.content.get("type", "?"))

    @property
    def sequence(self) -> object:
        return self.content.get("sequence", "?")


class Receiver(ThreadingHTTPServer):
    """Puts what arrives into `arrivals`, and a fault of its own as well."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        self.arrivals: SimpleQueue[Arrival | BaseException | None] = SimpleQueue()
        """None is whoever wants the reader to stop."""
        self._secret = ""
        self._expects = Event()
        super().__init__((HOST, port), _Request)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}/"

    def expect(self, secret: str) -> None:
        """Judge by this secret what comes, and what has come before it was known."""
        self._secret = secret
        self._expects.set()

    def judge(self, headers: Mapping[str, str], body: bytes) -> Arrival:
        self._expects.wait()
        return judge(self._secret, headers, body)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if error and not isinstance(error, OSError):  # who hung up needs no answer
            self.arrivals.put(error)


@contextmanager
def receiving(port: int) -> Generator[Receiver]:
    """Receive while the block lasts; port 0 is any that is free."""
    try:
        receiver = Receiver(port)
    except OSError as error:
        raise LocalStackError(
            f"Port {port} cannot be listened on: {error.strerror}.", "Choose another: --port."
        ) from None
    with receiver:
        Thread(target=receiver.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        try:
            yield receiver
        finally:
            receiver.shutdown()


def judge(secret: str, headers: Mapping[str, str], body: bytes) -> Arrival:
    """Verify by the public package, whatever it may be that came."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
        fault = None
    except WebhookVerificationError as error:
        fault = str(error)
    except ValueError as error:  # neither text nor base64
        fault = f"malformed: {error}"
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    return Arrival(
        at=datetime.now(UTC),
        id=headers.get("webhook-id", "?"),
        content=content if isinstance(content, dict) else {},
        fault=fault,
    )


class _Request(BaseHTTPRequestHandler):
    timeout = SECONDS

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver = cast("Receiver", self.server)
        arrival = receiver.judge(headers, body)
        self._answer(HTTPStatus.UNAUTHORIZED if arrival.fault else HTTPStatus.NO_CONTENT)
        receiver.arrivals.put(arrival)

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: whoever reads the arrivals does."""
