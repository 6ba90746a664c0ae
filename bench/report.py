"""The reports as tables for people."""

from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from bench.connections import DELAYS_MS, ConnectionReport
from bench.connections import ROUNDS as ROUNDS_OF_KINDS
from bench.figures import Figures
from bench.imports import REPEATS, ImportReport, ImportTime
from bench.latency import ROUNDS, LatencyReport
from bench.machine import Load
from bench.scoring import ScoringReport
from bench.tables import add_numbers, narrow_table

BUSY_PERCENT: Final = 20
BUSY: Final = " The machine was busy: durations are too long, compare them with each other only."
NO_DECIMALS_FROM: Final = 100
STAND_INS: Final = (
    "Real: lambda_handler with an API Gateway 2.0 event, wiring, adapters, PostgreSQL. "
    "Instant stand-ins: the boto3 clients of Step Functions, EventBridge, DynamoDB, "
    "Secrets Manager. Not in it: API Gateway, Lambda itself, the network, commits to disk."
)


def latency_table(report: LatencyReport) -> RenderableType:
    table = narrow_table(f"Warm calls inside the function, ms ({ROUNDS} each, in turns)")
    table.add_column("\ncall", no_wrap=True)
    add_numbers(table, "empty\np50", "\np95", "\nmax")
    add_numbers(table, f"{report.prior:,}\np50", "prior\np95", "\nmax", "CPU\np50", "goal\np95")
    table.add_column("\nmet")
    for call in report.calls:
        table.add_row(
            call.call,
            *_three(call.empty),
            *_three(call.full),
            _ms(call.cpu_ms),
            f"{call.goal_ms:.0f}",
            _verdict(is_met=call.is_met),
        )
    return Group("", table, "", Text(STAND_INS, "dim"), _load(report.load))


def imports_table(report: ImportReport) -> RenderableType:
    table = narrow_table(f"Import of each function, ms (fresh process, compiled, {REPEATS} times)")
    table.add_column("function", no_wrap=True)
    add_numbers(table, "p50", "max", "CPU p50", "goal")
    table.add_column("met")
    table.add_column("heaviest packages")
    for function in report.functions:
        table.add_row(
            function.function,
            f"{function.figures.p50:.0f}",
            f"{function.figures.max:.0f}",
            f"{function.cpu_ms:.0f}",
            "" if function.goal_ms is None else f"{function.goal_ms:.0f}",
            "" if function.is_met is None else _verdict(is_met=function.is_met),
            _parts(function),
        )
    return Group("", table, "", _load(report.load))


def connections_table(report: ConnectionReport) -> RenderableType:
    tables: list[RenderableType] = []
    for delay in DELAYS_MS:
        where = f"{delay} ms a wait" if delay else "unix socket"
        table = narrow_table(
            f"PipelinedConnection and plain pg8000, ms ({ROUNDS_OF_KINDS} each, {where})"
        )
        table.add_column("\ncall", no_wrap=True)
        add_numbers(table, "plain\np50", "\np95", "pipelined\np50", "\np95", "p50\nsaved")
        add_numbers(table, "CPU\np50", "waits\na call")
        for call in (call for call in report.calls if call.delay_ms == delay):
            plain, pipelined = call.plain, call.pipelined
            table.add_row(
                call.call,
                *_three(plain.figures)[:2],
                *_three(pipelined.figures)[:2],
                f"{call.saved_percent:.0f} %" if plain.round_trips else "",
                f"{_ms(plain.cpu_ms)} → {_ms(pipelined.cpu_ms)}",
                f"{plain.round_trips:.0f} → {pipelined.round_trips:.0f}",
            )
        tables += ["", table]
    return Group(*tables, "", _load(report.load))


def scoring_table(report: ScoringReport) -> RenderableType:
    table = narrow_table("Marking an essay by the rubric engine, ms")
    table.add_column("\nengine", no_wrap=True)
    table.add_column("\nanswers", no_wrap=True)
    add_numbers(table, "\np50", "\np95", "\nmax", "a\nsecond", "goal\np95")
    table.add_column("\nmet")
    for time in report.times:
        table.add_row(
            time.engine,
            time.answers,
            *_three(time.figures),
            f"{time.a_second:.0f}",
            f"{time.goal_ms:.0f}",
            _verdict(is_met=time.is_met),
        )
    return Group("", table, "", _load(report.load))


def _three(figures: Figures) -> tuple[str, str, str]:
    return _ms(figures.p50), _ms(figures.p95), _ms(figures.max)


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds < NO_DECIMALS_FROM else f"{milliseconds:.0f}"


def _verdict(*, is_met: bool) -> Text:
    return Text("yes", "green") if is_met else Text("NO", "bold red")


def _parts(function: ImportTime) -> str:
    return ", ".join(f"{part.package} {part.milliseconds:.0f}" for part in function.heaviest)


def _load(load: Load) -> Text:
    remark = BUSY if load.others_percent > BUSY_PERCENT else ""
    return Text(
        f"Machine: {load.cores} cores, load {load.average:.1f}; other programs had "
        f"{load.others_percent:.0f} % of the time; a fixed loop took {load.loop.p50:.2f} ms, "
        f"p95 {load.loop.p95:.2f}, max {load.loop.max:.2f}.{remark}",
        "dim",
    )
