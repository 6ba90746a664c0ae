"""Warm calls, with and without a past in the database."""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from bench.databases import Database, settings_of, store_of
from bench.figures import Figures
from bench.goals import p95_goal
from bench.invocation import Functions
from bench.journey import Journey, Measurement, Setting
from bench.machine import Load, LoadWatch
from bench.server import Server
from shared.adapters.postgres.engine import create_engine

ROUNDS: Final = 300
WARM_UP: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLatency:
    call: str
    goal_ms: float
    """For the 95th percentile with a past."""
    is_met: bool
    empty: Figures
    full: Figures
    cpu_ms: float
    """Median of what the function itself worked, with a past; hardly changed by other programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyReport:
    prior: int
    calls: Sequence[CallLatency]
    load: Load


def measure_latency(
    empty: Database, full: Database, *, functions: Functions, server: Server
) -> LatencyReport:
    watch = LoadWatch(server.process)
    with ExitStack() as stack:
        settings = [
            Setting(
                name=name,
                database=database,
                store=stack.enter_context(store_of(create_engine(settings_of(database.url)))),
            )
            for name, database in (("empty", empty), ("full", full))
        ]
        Journey(functions).go(settings, rounds=ROUNDS, warm_up=WARM_UP, tick=watch.tick)
    without, with_past = (setting.measured for setting in settings)
    return LatencyReport(
        prior=full.prior,
        calls=[_latency(call, without[call], with_past[call]) for call in with_past],
        load=watch.read(),
    )


def _latency(call: str, empty: Sequence[Measurement], full: Sequence[Measurement]) -> CallLatency:
    goal, figures = p95_goal(call), Figures.of([m.elapsed_ms for m in full])
    return CallLatency(
        call=call,
        goal_ms=goal,
        is_met=figures.p95 < goal,
        empty=Figures.of([m.elapsed_ms for m in empty]),
        full=figures,
        cpu_ms=statistics.median(m.cpu_ms for m in full),
    )
