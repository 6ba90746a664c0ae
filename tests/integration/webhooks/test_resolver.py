import socket
import time

import pytest

from shared.adapters import system_resolver
from shared.adapters.system_resolver import SystemResolver

# None of these names is looked up on a network: they are numbers, no names, or answered by a fake.
pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("127.0.0.1", {"127.0.0.1"}),
        ("::1", {"::1"}),
        # Other spellings of loopback, as inet_aton reads them.
        ("127.1", {"127.0.0.1"}),
        ("0x7f.1", {"127.0.0.1"}),
        ("2130706433", {"127.0.0.1"}),
        ("017700000001", {"127.0.0.1"}),
    ],
)
def test_a_number_is_its_address_however_it_is_spelled(host: str, addresses: set[str]) -> None:
    assert set(SystemResolver().resolve(host)) == addresses


@pytest.mark.parametrize("host", ["a..b", "x" * 300])
def test_what_is_no_name_has_no_address(host: str) -> None:
    assert SystemResolver().resolve(host) == ()


def test_every_address_is_returned_once_and_without_its_scope(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 0)),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 0, 0, 2)),
    ]

    def find(*_: object, **__: object) -> object:
        return found

    monkeypatch.setattr(socket, "getaddrinfo", find)

    assert SystemResolver().resolve("lms.example.org") == ("93.184.215.14", "fe80::1")


def test_an_unknown_name_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert SystemResolver().resolve("nowhere.example.org") == ()


def test_a_name_server_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(system_resolver, "SECONDS", 0.05)

    def wait(*_: object, **__: object) -> tuple[object, ...]:
        time.sleep(1)
        return ()

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    started = time.monotonic()

    assert SystemResolver().resolve("lms.example.org") == ()
    assert time.monotonic() - started < 0.9


def test_a_fault_of_ours_is_not_taken_for_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(socket, "getaddrinfo", break_down)

    with pytest.raises(RuntimeError, match="ours"):
        SystemResolver().resolve("lms.example.org")
