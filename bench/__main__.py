"""Latency and import times of the functions, what pipelining saves, and the time for an essay."""

import dataclasses
import json
import sys
from typing import Annotated, Any, Final, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from bench.connections import measure_connections
from bench.databases import prepare
from bench.environment import configure
from bench.imports import measure_imports
from bench.invocation import Functions
from bench.latency import measure_latency
from bench.report import connections_table, imports_table, latency_table, scoring_table
from bench.running import run
from bench.scoring import measure_scoring
from bench.server import temporary_server
from bench.stand_ins import instant_aws
from local_stack import terminal

Section = Literal["latency", "imports", "connections", "scoring"]

app: Final = App(name="python -m bench", help=__doc__, version_flags=[])


@app.default
def bench(
    *,
    only: Section | None = None,
    assessments: Annotated[int, Parameter(validator=Number(gte=100))] = 10_000,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Measure and report.

    Args:
        only: One section instead of all.
        assessments: How many completed assessments the database holds.
        as_json: Print the figures as JSON on standard output.
    """
    reports: dict[str, Any] = {}
    if only not in {"imports", "scoring"}:
        reports |= _measure_calls(only, assessments)
    if only in {None, "imports"}:
        with terminal.step("imports"):
            reports["imports"] = measure_imports()
    if only in {None, "scoring"}:
        with terminal.step("scoring"):
            reports["scoring"] = measure_scoring()
    if as_json:
        found = {name: dataclasses.asdict(report) for name, report in reports.items()}
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    tables = {
        "latency": latency_table,
        "imports": imports_table,
        "connections": connections_table,
        "scoring": scoring_table,
    }
    for name, table in tables.items():
        if name in reports:
            terminal.out.print(table(reports[name]))


def _measure_calls(only: Section | None, assessments: int) -> dict[str, Any]:
    reports: dict[str, Any] = {}
    with (
        temporary_server() as server,
        instant_aws() as aws,
        Functions(server.home / "functions.log") as functions,
    ):
        configure(server.url)
        with terminal.step("databases"):
            empty, full = prepare(server, assessments=assessments, functions=functions, aws=aws)
        if only in {None, "latency"}:
            with terminal.step("latency"):
                reports["latency"] = measure_latency(
                    empty, full, functions=functions, server=server
                )
        if only in {None, "connections"}:
            with terminal.step("connections"):
                reports["connections"] = measure_connections(
                    full, functions=functions, server=server
                )
    return reports


if __name__ == "__main__":
    run(app)
