"""Does `PipelinedConnection` pay for itself? The same calls over it and over plain pg8000."""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from pg8000.legacy import Connection

from bench.connection_kinds import PlainConnection, wired_engine
from bench.databases import Database, store_of
from bench.figures import Figures
from bench.invocation import Functions
from bench.journey import Journey, Setting
from bench.machine import Load, LoadWatch
from bench.server import Server
from shared.adapters.postgres.connection import PipelinedConnection

ROUNDS: Final = 120
WARM_UP: Final = 9
DELAYS_MS: Final = (0.0, 0.5)
"""Added to every round trip: none, and about what lies between a function and RDS Proxy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOneKind:
    round_trips: float
    """Median of a call: how often it waits for the server."""
    figures: Figures
    cpu_ms: float
    """Median of what the function itself worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallByKind:
    call: str
    delay_ms: float
    plain: OfOneKind
    pipelined: OfOneKind

    @property
    def saved_percent(self) -> float:
        return 100 * (1 - self.pipelined.figures.p50 / self.plain.figures.p50)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    calls: Sequence[CallByKind]
    load: Load


def measure_connections(
    database: Database, *, functions: Functions, server: Server
) -> ConnectionReport:
    watch = LoadWatch(server.process)
    with ExitStack() as stack:

        def setting(kind: type[Connection], delay_ms: float) -> Setting:
            engine, wire = wired_engine(database.url, kind, delay_seconds=delay_ms / 1000)
            return Setting(
                name=f"{kind.__name__}, {delay_ms} ms",
                database=database,
                store=stack.enter_context(store_of(engine)),
                round_trips=lambda: wire.round_trips,
            )

        pairs = [
            (delay, setting(PlainConnection, delay), setting(PipelinedConnection, delay))
            for delay in DELAYS_MS
        ]
        settings = [setting for _, *both in pairs for setting in both]
        Journey(functions).go(settings, rounds=ROUNDS, warm_up=WARM_UP, tick=watch.tick)
    return ConnectionReport(
        calls=[
            CallByKind(
                call=call, delay_ms=delay, plain=_of(plain, call), pipelined=_of(pipelined, call)
            )
            for delay, plain, pipelined in pairs
            for call in plain.measured
        ],
        load=watch.read(),
    )


def _of(setting: Setting, call: str) -> OfOneKind:
    measured = setting.measured[call]
    return OfOneKind(
        round_trips=statistics.median(m.round_trips for m in measured),
        figures=Figures.of([m.elapsed_ms for m in measured]),
        cpu_ms=statistics.median(m.cpu_ms for m in measured),
    )
