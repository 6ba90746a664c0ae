"""Ways to speak to PostgreSQL that are compared, and a wire that counts and delays."""

import select
import time
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from pg8000.legacy import Connection

from bench.databases import settings_of
from shared.adapters.postgres import engine as functions_engine
from shared.adapters.postgres.engine import create_engine


class PlainConnection(Connection):
    """pg8000 as it comes, with no more than our engine asks of every connection."""

    def __init__(self, *args: Any, read_timeout: float | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._usock.settimeout(read_timeout)

    @property
    def is_stale(self) -> bool:
        readable, _, _ = select.select((self._usock,), (), (), 0)
        return bool(readable)

    def answers(self) -> bool:
        return True


class Wire:
    """pg8000's buffered socket. Whoever reads after having sent waits for a round trip."""

    def __init__(self, sock: Any, delay_seconds: float) -> None:
        self._sock = sock
        self._delay = delay_seconds
        self._has_sent = False
        self.round_trips = 0

    def read(self, size: int) -> bytes:
        if self._has_sent:
            self._has_sent = False
            self.round_trips += 1
            if self._delay:
                time.sleep(self._delay)
        return self._sock.read(size)

    def write(self, data: bytes) -> int:
        self._has_sent = True
        return self._sock.write(data)

    def flush(self) -> None:
        self._sock.flush()

    def close(self) -> None:
        self._sock.close()


def wired_engine(
    url: str, kind: type[Connection], *, delay_seconds: float
) -> tuple[sa.Engine, Wire]:
    """Return the functions' engine, its one connection being of this kind and over a wire.

    What the engine asks of a connection, such as time limits, is asked of every kind.
    """
    wires: list[Wire] = []

    def connect(**params: Any) -> Connection:
        connection = kind(**params)
        wires.append(Wire(connection._sock, delay_seconds))  # noqa: SLF001 - there is no other way in
        connection._sock = wires[-1]  # noqa: SLF001
        return connection

    engine = create_engine(settings_of(url))
    with patch.object(functions_engine, "PipelinedConnection", connect), engine.connect():
        pass
    return engine, wires[0]
