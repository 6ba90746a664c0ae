"""What importing a function costs: in a fresh process, from bytecode, the module and no more."""

import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.environment import function_environment
from bench.figures import Figures
from bench.goals import IMPORT_MS
from bench.machine import Load, LoadWatch
from local_stack.settings import ROOT
from shared.api.routes import ROUTES

REPEATS: Final = 5
HEAVIEST: Final = 4
TIMED: Final = """
import time
started, worked = time.perf_counter(), time.process_time()
import functions.{function}
print((time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000)
"""
BEHIND_HTTP: Final = frozenset(route.function for route in ROUTES) | {"authorize_request"}
IMPORTTIME_LINE: Final = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
LAST_OF_STARTUP: Final = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    package: str
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTime:
    function: str
    goal_ms: float | None
    """None where nobody waits."""
    is_met: bool | None
    """By the median."""
    figures: Figures
    cpu_ms: float
    """Median of the time that the process worked, which other programs hardly change."""
    heaviest: Sequence[Part]
    """Only of those that miss the goal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    functions: Sequence[ImportTime]
    load: Load


def measure_imports() -> ImportReport:
    watch = LoadWatch()
    names = sorted(path.stem for path in (ROOT / "functions").glob("[a-z]*.py"))
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    with TemporaryDirectory(prefix="assay-bench-bytecode-") as bytecode:
        environment = _environment(Path(bytecode))
        _python(environment, "-c", "".join(f"import functions.{name}\n" for name in names))
        for _ in range(REPEATS):
            for name in names:
                told = _python(environment, "-c", TIMED.format(function=name)).stdout.split()
                samples[name].append((float(told[0]), float(told[1])))
            watch.tick()
        functions = [_import_time(name, samples[name], environment) for name in names]
    # Those with a goal first, the slowest on top.
    functions.sort(key=lambda f: (f.goal_ms is None, -f.figures.p50))
    return ImportReport(functions=functions, load=watch.read())


def heaviest(importtime: str) -> list[Part]:
    """Sum up what `python -X importtime` said by package, the interpreter's start left out."""
    spent: Counter[str] = Counter()
    for microseconds, module in IMPORTTIME_LINE.findall(importtime):
        spent[module.partition(".")[0]] += int(microseconds)
        if module == LAST_OF_STARTUP:
            spent.clear()
    return [Part(package=p, milliseconds=us / 1000) for p, us in spent.most_common(HEAVIEST)]


def _import_time(
    name: str, samples: Sequence[tuple[float, float]], environment: Mapping[str, str]
) -> ImportTime:
    elapsed, worked = zip(*samples, strict=True)
    goal = IMPORT_MS if name in BEHIND_HTTP else None
    is_met = None if goal is None else statistics.median(elapsed) < goal
    parts: list[Part] = []
    if is_met is False:
        run = _python(environment, "-X", "importtime", "-c", f"import functions.{name}")
        parts = heaviest(run.stderr)
    return ImportTime(
        function=name,
        goal_ms=goal,
        is_met=is_met,
        figures=Figures.of(elapsed),
        cpu_ms=statistics.median(worked),
        heaviest=parts,
    )


def _environment(bytecode: Path) -> dict[str, str]:
    """As on Lambda, where bytecode is part of what is deployed; here it lies apart."""
    path = os.environ.get("PATH", os.defpath)
    return {
        **function_environment("postgresql+pg8000://nobody@localhost/none"),
        "PATH": path,
        "PYTHONPYCACHEPREFIX": str(bytecode),
    }


def _python(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
