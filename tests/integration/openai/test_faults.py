"""What the network and the provider can do wrong, and which error comes of it."""

import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from shared.adapters.openai.provider import OpenAIProvider
from shared.domain.errors import EngineError, EngineRefusedError, EngineUnavailableError
from tests.fakes.openai_server import OpenAIServer
from tests.integration.openai.conftest import Connect

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TINY = 0.3
PATIENCE = 20
"""Far more than any of these calls may take, and less than for ever."""


def threads() -> Iterator[threading.Thread]:
    return (t for t in threading.enumerate() if t.name == "model-call")


def embed(provider: OpenAIProvider) -> list[list[float]]:
    """Make the smallest request there is; both methods share all that is tested here."""
    return provider.embed(["SQL"], model="text-embedding-3-small", dimensions=256)


@pytest.mark.parametrize(
    ("scenario", "error", "reason"),
    [
        ("rate_limited", EngineUnavailableError, "rate_limited"),
        ("quota_exceeded", EngineRefusedError, "quota_exceeded"),
        ("no_credit", EngineRefusedError, "quota_exceeded"),
        ("server_error", EngineUnavailableError, "server_error"),
        ("overloaded", EngineUnavailableError, "server_error"),
        ("request_timeout", EngineUnavailableError, "timeout"),
        ("bad_credentials", EngineRefusedError, "bad_credentials"),
        ("forbidden", EngineRefusedError, "bad_credentials"),
        ("unknown_model", EngineRefusedError, "unknown_model"),
        ("invalid_request", EngineRefusedError, "invalid_request"),
        ("connection_reset", EngineUnavailableError, "connection"),
        ("not_a_completion", EngineRefusedError, "invalid_output"),
        ("no_choices", EngineRefusedError, "invalid_output"),
    ],
)
def test_each_fault_has_its_reason(
    server: OpenAIServer, connect: Connect, scenario: str, error: type[EngineError], reason: str
) -> None:
    server.behave(scenario)

    with pytest.raises(EngineError) as caught:
        embed(connect())

    assert (type(caught.value), caught.value.reason) == (error, reason)


def test_a_server_that_is_not_there_is_a_connection_error(
    server: OpenAIServer, connect: Connect
) -> None:
    provider = connect()
    server.__exit__()

    with pytest.raises(EngineUnavailableError) as caught:
        embed(provider)

    assert caught.value.reason == "connection"


@pytest.mark.parametrize("scenario", ["slow", "stalled", "dripping"])
def test_a_server_that_never_finishes_is_left(
    server: OpenAIServer, connect: Connect, scenario: str
) -> None:
    server.behave(scenario)
    started = monotonic()

    with pytest.raises(EngineUnavailableError) as caught:
        embed(connect(timeout_seconds=TINY, max_retries=2))

    assert caught.value.reason == "timeout"
    assert monotonic() - started < PATIENCE
    assert len(server.requests) == 1  # the time is for one good answer, not for three bad ones


@pytest.mark.parametrize("scenario", ["slow", "stalled", "dripping"])
def test_what_is_left_behind_ends_by_itself(
    server: OpenAIServer, connect: Connect, scenario: str
) -> None:
    server.behave(scenario)
    before = set(threads())

    with pytest.raises(EngineUnavailableError):
        embed(connect(timeout_seconds=TINY))

    for thread in set(threads()) - before:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_call_that_hangs_before_the_first_request_is_left_too(
    server: OpenAIServer, connect: Connect
) -> None:
    def key() -> str:
        server.released.wait()
        return "sk-late"

    with pytest.raises(EngineUnavailableError) as caught:
        embed(connect(timeout_seconds=TINY, api_key=key))

    assert caught.value.reason == "timeout"


def test_a_passing_fault_is_retried(server: OpenAIServer, connect: Connect) -> None:
    server.behave("server_error", "connection_reset", "good")
    assert len(embed(connect(max_retries=2))) == 1
    assert len(server.requests) == 3


def test_retries_end(server: OpenAIServer, connect: Connect) -> None:
    server.behave("overloaded")

    with pytest.raises(EngineUnavailableError):
        embed(connect(max_retries=1))

    assert len(server.requests) == 2


def test_the_wait_that_the_server_asks_for_is_kept(server: OpenAIServer, connect: Connect) -> None:
    server.behave("rate_limited", "good")

    assert len(embed(connect(max_retries=1))) == 1

    first, second = server.requests
    assert second.at - first.at >= 1  # Retry-After: 1


def test_a_wait_that_outlasts_the_call_is_not_begun(server: OpenAIServer, connect: Connect) -> None:
    server.behave("rate_limited_for_long")
    started = monotonic()

    with pytest.raises(EngineUnavailableError) as caught:
        embed(connect(timeout_seconds=60, max_retries=2))

    assert caught.value.reason == "rate_limited"
    assert monotonic() - started < PATIENCE  # Retry-After: 90
    assert len(server.requests) == 1


def test_no_retry_begins_when_the_time_is_up(server: OpenAIServer, connect: Connect) -> None:
    server.behave("server_error")

    with pytest.raises(EngineUnavailableError) as caught:
        embed(connect(timeout_seconds=TINY, max_retries=5))

    assert caught.value.reason == "server_error"
    assert len(server.requests) == 1  # the wait before the second would outlast the call


def test_a_call_left_behind_sends_nothing_more(server: OpenAIServer, connect: Connect) -> None:
    server.behave("connection_reset")
    before = set(threads())

    with pytest.raises(EngineUnavailableError) as caught:
        embed(connect(timeout_seconds=TINY, max_retries=2))  # the SDK waits longer than that

    for thread in set(threads()) - before:
        thread.join(PATIENCE)
    assert caught.value.reason == "timeout"
    assert len(server.requests) == 1


def test_a_key_that_was_rotated_is_picked_up(server: OpenAIServer, connect: Connect) -> None:
    keys = iter(["sk-old", "sk-new"])
    provider = connect(api_key=lambda: next(keys))

    embed(provider)
    embed(provider)

    assert [r.headers["authorization"] for r in server.requests] == [
        "Bearer sk-old",
        "Bearer sk-new",
    ]


def test_what_the_key_function_raises_passes_through(connect: Connect) -> None:
    def no_key() -> str:
        raise PermissionError("no secret")

    with pytest.raises(PermissionError):
        embed(connect(api_key=no_key))


def test_what_was_sent_is_not_logged(
    server: OpenAIServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    connect().embed(["a private remark"], model="m", dimensions=256)

    assert "a private remark" in server.requests[0].body["input"]
    assert "a private remark" not in caplog.text


@pytest.mark.parametrize("key", ["", "  "])
def test_a_missing_key_is_named_before_anything_is_sent(
    connect: Connect, server: OpenAIServer, key: str
) -> None:
    with pytest.raises(EngineRefusedError, match="no API key") as refused:
        connect(api_key=lambda: key).embed(["SQL"], model="m", dimensions=256)

    assert refused.value.reason == "bad_credentials"
    assert not server.requests
