"""Name look-up by the operating system."""

import socket
from concurrent.futures import Future
from threading import Thread
from typing import Final

SECONDS: Final = 5.0
"""The system has no limit of its own that one could set, and a dead name server takes minutes."""


class SystemResolver:
    def resolve(self, host: str) -> tuple[str, ...]:
        future: Future[tuple[str, ...]] = Future()
        Thread(target=_look_up, args=(host, future), name="look-up", daemon=True).start()
        try:
            return future.result(timeout=SECONDS)
        except TimeoutError:
            return ()


def _look_up(host: str, future: Future[tuple[str, ...]]) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # unknown; or not even a name
        future.set_result(())
    except BaseException as error:  # noqa: BLE001 - raised again where the result is read
        future.set_exception(error)
    else:
        # A scope (`fe80::1%eth0`) is a matter of this machine, and no part of an address.
        addresses = (str(entry[4][0]).partition("%")[0] for entry in found)
        future.set_result(tuple(dict.fromkeys(addresses)))
