import socket
import time
from typing import Final

SECONDS: Final = 20.0


def listens(port: int) -> None:
    """Return once something listens at the port of this machine."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
