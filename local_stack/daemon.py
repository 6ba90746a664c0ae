"""Programs in the background: recorded when started, so that later only they are stopped.

A pid alone is not an identity, since the system hands a dead program's pid to another one. The
record therefore holds the start time as well, and what does not match is not ours.
"""

import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil

CLOCK_SLACK_SECONDS: Final = 2.0
"""Start times are computed from the boot time, which shifts when the clock is set."""


_started: Final[dict[int, subprocess.Popen[bytes]]] = {}
"""What this very process started, and so has to collect when it ends."""


def start(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, record: Path
) -> psutil.Process:
    """Start a program that outlives this one, in a session that no key press reaches."""
    log.parent.mkdir(parents=True, exist_ok=True)
    record.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603  our callers' fixed commands, no shell
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _started[child.pid] = child
    process = psutil.Process(child.pid)
    record.write_text(json.dumps({"pid": child.pid, "started": process.create_time()}))
    return process


def recorded(path: Path) -> psutil.Process | None:
    """The program recorded at `path`, or None if it is gone; a stale record is removed."""
    try:
        entry = json.loads(path.read_text())
        process = psutil.Process(int(entry["pid"]))
        same = abs(process.create_time() - float(entry["started"])) < CLOCK_SLACK_SECONDS
        if same and not ended(process):
            return process
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, psutil.Error):
        pass
    path.unlink(missing_ok=True)
    return None


def listening_on(port: int) -> psutil.Process | None:
    """Who listens on a TCP port of this machine, if we are allowed to know."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            local = [*connection.laddr][1:]
            if connection.status == psutil.CONN_LISTEN and local == [port] and connection.pid:
                return psutil.Process(connection.pid)
    return None


def with_command(matches: Callable[[Sequence[str]], bool]) -> list[psutil.Process]:
    """Every program of this machine whose command line matches."""
    return [p for p in psutil.process_iter(["cmdline"]) if matches(p.info["cmdline"] or ())]


def stop(
    processes: Iterable[psutil.Process],
    *,
    politely: signal.Signals = signal.SIGTERM,
    grace_seconds: float = 3.0,
) -> None:
    """Ask them to end, and end those that do not."""
    alive = list(processes)
    for asked in (politely, signal.SIGKILL):
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.send_signal(asked)
        deadline = time.monotonic() + grace_seconds
        while (alive := [p for p in alive if not ended(p)]) and time.monotonic() < deadline:
            time.sleep(0.02)


def ended(process: psutil.Process) -> bool:
    if child := _started.get(process.pid):
        if child.poll() is None:
            return False
        del _started[process.pid]
        return True
    try:
        return process.status() == psutil.STATUS_ZOMBIE  # its parent has yet to take note
    except psutil.Error:
        return True


def describe(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return f"{' '.join(process.cmdline())[:80]} (pid {process.pid})"
    return f"pid {process.pid}"
