"""An HTTP server on loopback that speaks chat completions and embeddings, well or badly.

    with OpenAIServer() as server:
        server.behave("rate_limited", "good")     # first this, then that for ever
        server.behave("server_error", on="embeddings")
        ... server.base_url, server.requests ...

`good` works its answer out from the request. Every file of `openai_replies/` is a scenario of its
name: a reply as it was recorded from a server, or made up in its form. The others are in `FAULTS`.
"""

import json
import socket
import struct
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Final, Literal, Self, cast

from typing_extensions import override

from tests.fakes import openai_model

REPLIES: Final = Path(__file__).parent / "openai_replies"
RECORDED: Final = {path.stem: path for path in REPLIES.glob("*.json")}

Endpoint = Literal["chat/completions", "embeddings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    endpoint: str
    headers: dict[str, str]
    """By lower-case name."""
    body: dict[str, Any]
    at: float
    """Of the monotonic clock."""

    @property
    def prompt(self) -> str:
        """What the user's message of a chat completion says."""
        return self.body["messages"][-1]["content"]


OF_ESSAYS: Final = frozenset({"invented_quotes", "obedient"})


class OpenAIServer:
    def __init__(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._lock = Lock()
        self._scenarios: dict[Endpoint, list[str]] = {}
        self.released = Event()
        self.requests: list[Request] = []
        self.behave("good")

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def behave(self, *scenarios: str, on: Endpoint | None = None) -> None:
        """Answer the next requests by these scenarios, and by the last one from then on."""
        for scenario in scenarios:
            if scenario not in FAULTS and scenario not in RECORDED:
                raise ValueError(f"no scenario {scenario!r}")
        with self._lock:
            for endpoint in (on,) if on else ("chat/completions", "embeddings"):
                self._scenarios[endpoint] = list(scenarios)
        self.released.clear()

    def release(self) -> None:
        """End all that hangs."""
        self.released.set()

    def next_scenario(self, endpoint: Endpoint) -> str:
        with self._lock:
            scenarios = self._scenarios[endpoint]
            return scenarios.pop(0) if len(scenarios) > 1 else scenarios[0]


def _is_meant_for(scenario: str, body: dict[str, Any]) -> bool:
    """Tell essays' scenarios from summaries', however often either is asked for."""
    if scenario.startswith("summary_"):
        return openai_model.asks_for_summary(body)
    return scenario not in OF_ESSAYS or not openai_model.asks_for_summary(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], owner: OpenAIServer) -> None:
        super().__init__(address, _Handler)
        self.owner = owner

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that give up are what some scenarios are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def owner(self) -> OpenAIServer:
        return cast("_Server", self.server).owner

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        endpoint = self.path.removeprefix("/v1/")
        self.owner.requests.append(
            Request(
                endpoint=endpoint,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=body,
                at=monotonic(),
            )
        )
        if endpoint not in ("chat/completions", "embeddings"):
            self.reply(404, {"error": {"message": f"no {self.path}", "code": "not_found"}})
            return
        scenario = self.owner.next_scenario(endpoint)
        if endpoint == "chat/completions" and not _is_meant_for(scenario, body):
            scenario = "good"
        if scenario in FAULTS:
            FAULTS[scenario](self, body)
        else:
            recorded = json.loads(RECORDED[scenario].read_text())
            self.reply(recorded["status"], recorded["body"], recorded.get("headers", {}))

    def reply(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        """Send JSON, or a string as it is."""
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        with self.head(status, headers):
            self.send_header("Content-Length", str(len(content)))
        self.wfile.write(content)

    @contextmanager
    def head(self, status: int = 200, headers: dict[str, str] | None = None) -> Generator[None]:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        yield
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what came is in `requests`."""


def _good(handler: _Handler, body: dict[str, Any]) -> None:
    answer = openai_model.complete if "messages" in body else openai_model.embed
    handler.reply(200, answer(body))


def _slow(handler: _Handler, body: dict[str, Any]) -> None:
    """Hold the answer back until released."""
    handler.owner.released.wait()
    _good(handler, body)


def _stalled(handler: _Handler, _: dict[str, Any]) -> None:
    """Begin to answer and then say nothing more."""
    with handler.head():
        handler.send_header("Content-Length", "1000")
    handler.wfile.write(b'{"id": ')
    handler.owner.released.wait()
    handler.close_connection = True


def _dripping(handler: _Handler, _: dict[str, Any]) -> None:
    """Send blanks to keep the connection alive, as some servers do while a model thinks."""
    with handler.head():
        handler.send_header("Transfer-Encoding", "chunked")
    while not handler.owner.released.wait(0.02):
        handler.wfile.write(b"1\r\n \r\n")
    handler.wfile.write(b"0\r\n\r\n")


def _connection_reset(handler: _Handler, _: dict[str, Any]) -> None:
    linger = struct.pack("ii", 1, 0)  # on, for 0 s: closing sends RST
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def _full_length(handler: _Handler, body: dict[str, Any]) -> None:
    """Ignore `dimensions`, as servers with other models do."""
    handler.reply(200, openai_model.embed(body | {"dimensions": 1536}))


def _unscaled(handler: _Handler, body: dict[str, Any]) -> None:
    """Shorten without scaling to unit length, and answer in another order."""
    answer = openai_model.embed(body)
    for item in answer["data"]:
        item["embedding"] = [value * 3 for value in item["embedding"]]
    handler.reply(200, answer | {"data": answer["data"][::-1]})


def _one_missing(handler: _Handler, body: dict[str, Any]) -> None:
    answer = openai_model.embed(body)
    handler.reply(200, answer | {"data": answer["data"][1:]})


def _all_zero(handler: _Handler, body: dict[str, Any]) -> None:
    answer = openai_model.embed(body)
    for item in answer["data"]:
        item["embedding"] = [0.0] * len(item["embedding"])
    handler.reply(200, answer)


FAULTS: Final[dict[str, Callable[[_Handler, dict[str, Any]], None]]] = {
    "good": _good,
    "slow": _slow,
    "stalled": _stalled,
    "dripping": _dripping,
    "connection_reset": _connection_reset,
    "full_length": _full_length,
    "unscaled": _unscaled,
    "one_missing": _one_missing,
    "all_zero": _all_zero,
}
