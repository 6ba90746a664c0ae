"""Messages over HTTP/1.1, to addresses that were checked and to no others.

httpcore2 is what openai's client stands on. It follows no redirect, reads no proxy from the
environment, and lets the network be replaced, which is where the addresses are pinned: TLS still
checks the certificate against the name.
"""

import contextlib
import ssl
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any, Final

import httpcore2
from typing_extensions import override

from shared.domain.webhook_delivery import MAX_LOGGED_BYTES, TIMEOUT, Reply
from shared.domain.webhook_target import Target
from shared.ports.resolver import CheckedTarget
from shared.version import VERSION

USER_AGENT: Final = f"Assay-Webhooks/{VERSION}"
BROKEN: Final = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
)


class TlsError(httpcore2.ConnectError):
    """The receiver's certificate or its TLS is no good."""


class HttpWebhookSender:
    def __init__(self, *, tls: ssl.SSLContext | None = None, timeout: timedelta = TIMEOUT) -> None:
        self._tls = tls or ssl.create_default_context()
        self._timeout = timeout.total_seconds()

    def post(self, to: CheckedTarget, *, body: str, headers: Mapping[str, str]) -> Reply:
        started = monotonic()
        network = _PinnedNetwork(to.addresses, deadline=started + self._timeout)
        try:
            with (
                httpcore2.ConnectionPool(
                    ssl_context=self._tls, network_backend=network, retries=0
                ) as pool,
                pool.stream(
                    "POST",
                    _url_of(to.target),
                    headers={
                        "Host": to.target.authority,
                        "User-Agent": USER_AGENT,
                        "Content-Type": "application/json",
                        **headers,
                    },
                    content=body.encode(),
                ) as response,
            ):
                return Reply(
                    status=response.status,
                    latency=_since(started),
                    body=_start_of(response),
                    retry_after=_header(response, b"retry-after"),
                )
        except BROKEN as error:
            return Reply(status=None, latency=_since(started), error=_word_for(error))


class _PinnedNetwork(httpcore2.NetworkBackend):
    """Connects to the first of the addresses that answers, whatever host it is asked for."""

    def __init__(self, addresses: Sequence[str], *, deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._network = httpcore2.SyncBackend()

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError("no address")
        for tried, address in enumerate(self._addresses):
            # Each gets its share, so that one that swallows packets leaves time for the next.
            share = _left(self._deadline) / (len(self._addresses) - tried)
            try:
                stream = self._network.connect_tcp(address, port, timeout=share)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _LimitedStream(stream, self._deadline)
        raise failure


class _LimitedStream(httpcore2.NetworkStream):
    """A stream whose reads and writes end at one deadline, however slowly bytes drip in."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_left(self._deadline))

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_left(self._deadline))

    @override
    def close(self) -> None:
        self._stream.close()

    @override
    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            stream = self._stream.start_tls(
                ssl_context, server_hostname, timeout=_left(self._deadline)
            )
        except httpcore2.ConnectError as error:
            raise TlsError(str(error)) from error
        return _LimitedStream(stream, self._deadline)

    @override
    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _url_of(target: Target) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=target.scheme, host=target.host, port=target.port, target=target.path
    )


def _left(deadline: float) -> float:
    if (left := deadline - monotonic()) > 0:
        return left
    raise httpcore2.ReadTimeout("the time is up")


def _since(started: float) -> timedelta:
    return timedelta(seconds=monotonic() - started)


def _start_of(response: httpcore2.Response) -> str:
    """Return what is logged of the body; one that breaks off after its status is as good."""
    body = b""
    with contextlib.suppress(*BROKEN):
        for chunk in response.iter_stream():
            body += chunk
            if len(body) >= MAX_LOGGED_BYTES:
                break
    # PostgreSQL cannot keep NUL.
    return body[:MAX_LOGGED_BYTES].decode("utf-8", "replace").replace("\0", "\ufffd")


def _header(response: httpcore2.Response, name: bytes) -> str | None:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return None


def _word_for(error: Exception) -> str:
    match error:
        case httpcore2.TimeoutException():
            return "timeout"
        case TlsError():
            return "tls"
        case httpcore2.ProtocolError():
            return "bad_response"
        case _:
            return "connection"
