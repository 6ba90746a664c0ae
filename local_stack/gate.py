"""`make test`: run its parts in turn, stop at the first that fails, and say how long each took."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Final, NoReturn

from rich.table import Table

from local_stack import terminal

PATIENCE_SECONDS: Final = 60.0
"""How long an interrupted part may take to stop what it started."""


class StoppedError(Exception):
    """Somebody asked this run to end."""


def main(parts: Sequence[str]) -> int:
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, _stop)
    times: list[tuple[str, float]] = []
    failed = None
    for part in parts:
        terminal.err.rule(f"[bold]{part}", align="left")
        started = time.monotonic()
        code = _run(part)
        times.append((part, time.monotonic() - started))
        if code:
            failed = part
            break
    _summarize(times, failed)
    return 1 if failed else 0


def _run(part: str) -> int:
    # In a group of its own, so that all of it can be ended together.
    process = subprocess.Popen(  # noqa: S603  a target of our Makefile
        ["make", "--no-print-directory", part],  # noqa: S607  the make that runs us
        stdin=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        return process.wait()
    except StoppedError:
        _end_group(process.pid)
        terminal.err.print(f"[bold red]Interrupted during {part}.[/]")
        sys.exit(130)


def _end_group(group: int) -> None:
    """Ask the part to end and wait until nothing of it is left."""
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-group, os.WNOHANG)
            os.killpg(group, 0)
            time.sleep(0.1)
        os.killpg(group, signal.SIGKILL)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise StoppedError


def _summarize(times: Sequence[tuple[str, float]], failed: str | None) -> None:
    table = Table(box=None, show_header=False)
    for part, seconds in times:
        table.add_row("[red]✗[/]" if part == failed else "[green]✓[/]", part, f"{seconds:6.1f} s")
    table.add_row("", "total", f"{sum(seconds for _, seconds in times):6.1f} s")
    terminal.err.print(table)
    if failed:
        terminal.err.print(f"[bold red]{failed} failed.[/] Run it alone: make {failed}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
