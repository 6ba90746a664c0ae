"""How busy the machine was, without which a duration says little."""

import os
import time
from dataclasses import dataclass
from typing import Final

import psutil

from bench.figures import Figures

LOOP: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    cores: int
    average: float
    """Of one minute, at the end; this program and its PostgreSQL are part of it."""
    others_percent: float
    """Of all cores, what went to other programs."""
    loop: Figures
    """One fixed piece of Python, timed now and then: p95 far above p50 means disturbance."""


class LoadWatch:
    """Watches from its making to `read`; `tick` in between."""

    def __init__(self, *servers: psutil.Process) -> None:
        """`servers` are programs that work for this one without being its children."""
        self._ours = (psutil.Process(), *servers)
        self._loops = [_loop(), _loop()]
        self._started = time.monotonic()
        self._busy = _busy_seconds() - _seconds_of(self._ours)

    def tick(self) -> None:
        self._loops.append(_loop())

    def read(self) -> Load:
        cores = psutil.cpu_count() or 1
        available = (time.monotonic() - self._started) * cores
        others = _busy_seconds() - _seconds_of(self._ours) - self._busy
        return Load(
            cores=cores,
            average=os.getloadavg()[0],
            others_percent=max(0.0, 100 * others / available),
            loop=Figures.of(self._loops),
        )


def _loop() -> float:
    started = time.perf_counter()
    total = 0
    for number in range(LOOP):
        total += number
    return (time.perf_counter() - started) * 1000


def _busy_seconds() -> float:
    times = psutil.cpu_times()._asdict()
    return sum(times.get(kind, 0.0) for kind in ("user", "nice", "system", "irq", "softirq"))


def _seconds_of(roots: tuple[psutil.Process, ...]) -> float:
    """With their descendants, alive or collected."""
    total = 0.0
    for process in [p for root in roots for p in (root, *root.children(recursive=True))]:
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total
