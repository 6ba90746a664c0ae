"""What the commands print: results to standard output, how the work goes to standard error."""

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

WIDE: Final = 1_000
AsJson = Annotated[bool, Parameter(name="--json", negative="")]
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@contextmanager
def step(name: str) -> Generator[None]:
    """Show a step as running, then as done with the time it took."""
    started = time.monotonic()
    with err.status(f"{name} …"):
        yield
    err.print(f"  [green]✓[/] {name:<16} [dim]{time.monotonic() - started:5.1f} s[/]")


@contextmanager
def progress(name: str, steps: int) -> Generator[Callable[[], None]]:
    """Show a bar while the work goes on, on a terminal alone; what it gives counts one step."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(name, total=steps)
        yield lambda: bar.advance(task)


def print_table(table: Table) -> None:
    """Print each row as one line, however narrow the terminal: ids are there to be copied."""
    Console(highlight=False, width=WIDE).print(table)


def print_json(value: object) -> None:
    """Print what scripts read."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def complain(problem: str, remedy: str) -> None:
    err.print(f"[bold red]assay:[/] {escape(problem)} [bold]{escape(remedy)}[/]", soft_wrap=True)


def escape(text: str) -> str:
    """Text that is not markup."""
    return text.replace("[", r"\[")
