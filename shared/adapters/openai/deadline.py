"""A bound on the wall time of one model call, whatever the provider does.

The SDK's `timeout` holds for one read of one attempt. Retries, the waits between them, a slow
name server, and servers that send blanks while they think (oMLX does every 10 s) all come on top.
So the call runs in a thread of its own that is left behind when the time is up, and hooks of the
HTTP client see to it that it then ends soon and starts nothing new.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from email.utils import parsedate_to_datetime
from threading import Thread
from time import monotonic, time
from typing import Final, TypeVar

import httpx2
from openai import APITimeoutError
from typing_extensions import override

T = TypeVar("T")

CONNECT_SECONDS: Final = 5.0
"""The SDK's own default: a host that does not answer by then is tried again."""
BACKOFF_SECONDS: Final = 1.0
"""The longest wait of the SDK before its second retry when the server names none: 0.5 s × 2¹."""

_deadline: ContextVar[float] = ContextVar("deadline")


def call_within(seconds: float, call: Callable[[], T]) -> T:
    """Return what `call` returns, or raise `TimeoutError` when it takes longer than `seconds`."""
    future: Future[T] = Future()

    def run() -> None:
        _deadline.set(monotonic() + seconds)
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is read
            future.set_exception(error)

    Thread(target=run, name="model-call", daemon=True).start()
    return future.result(timeout=seconds)


def limit_attempt(request: httpx2.Request) -> None:
    """Give an attempt what is left of the call's time; with nothing left, end the retries."""
    left = _seconds_left()
    if left <= 0:
        raise APITimeoutError(request=request)
    timeout = httpx2.Timeout(left, connect=min(left, CONNECT_SECONDS))
    request.extensions["timeout"] = timeout.as_dict()


def limit_response(response: httpx2.Response) -> None:
    """Stop reading at the deadline, and forbid a retry that would come after it."""
    if _seconds_before_retry(response.headers) >= _seconds_left():
        response.headers["x-should-retry"] = "false"  # a server's word that the SDK obeys
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _LimitedStream(response.stream, response.request)


class _LimitedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    @override
    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            if _seconds_left() <= 0:
                raise APITimeoutError(request=self._request)
            yield chunk

    @override
    def close(self) -> None:
        self._stream.close()


def _seconds_left() -> float:
    return _deadline.get() - monotonic()


def _seconds_before_retry(headers: httpx2.Headers) -> float:
    """Read `Retry-After` (RFC 9110, 10.2.3): seconds or a date."""
    after = headers.get("retry-after", "")
    try:
        return float(after)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(after).timestamp() - time()
    except ValueError:
        return BACKOFF_SECONDS
