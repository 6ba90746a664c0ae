"""The report as tables for people."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.retrieval.figures import SearchFigures
from bench.retrieval.measurement import Row, SizeReport
from bench.retrieval.pgvector import PRODUCT
from bench.tables import add_numbers, narrow_table

CHROMA: Final = "ChromaDB"
GOAL_SIZE: Final = 100_000
GOAL_P95_MS: Final = 20.0
MEGABYTE: Final = 1_000_000


def report_table(reports: Sequence[SizeReport]) -> RenderableType:
    return Group(*(part for report in reports for part in _size(report)), *_goals(reports))


def _size(report: SizeReport) -> tuple[RenderableType, ...]:
    searches = report.rows[0].figures.searches
    table = _table(f"{report.size:,} credentials, within track and levels, ms")
    for row in report.rows:
        table.add_row(row.name, *_found(row.figures), *_built(row))
    load = report.load
    remark = Text(
        f"{searches} searches each, the least disturbed of {report.rounds} rounds. Machine: "
        f"{load.cores} cores, load {load.average:.1f}; other programs had "
        f"{load.others_percent:.0f} % of the time; a fixed loop took {load.loop.p50:.2f} ms, "
        f"max {load.loop.max:.2f}.",
        "dim",
    )
    return "", table, "", remark


def _table(title: str) -> Table:
    table = narrow_table(title)
    table.add_column("\nsearch", no_wrap=True)
    add_numbers(table, "recall\nmean", "\nworst", "\np50", "\np95", "\np99", "built\ns", "\nMB")
    return table


def _found(figures: SearchFigures) -> tuple[str, ...]:
    times = (f"{ms:.1f}" for ms in (figures.p50, figures.p95, figures.p99))
    return f"{figures.recall:.3f}", f"{figures.worst_recall:.2f}", *times


def _built(row: Row) -> tuple[str, str]:
    if row.built is None:
        return "", ""
    return f"{row.built.seconds:.1f}", f"{row.built.bytes / MEGABYTE:.0f}"


def _goals(reports: Sequence[SizeReport]) -> list[RenderableType]:
    goals: list[RenderableType] = [""]
    for report in reports:
        product, chroma = report.row(PRODUCT).figures, report.row(CHROMA).figures
        goals.append(
            _goal(
                f"{report.size:,}: as much found as by ChromaDB, and no slower",
                is_met=product.is_as_good_as(chroma),
            )
        )
        if report.size == GOAL_SIZE:
            goals.append(
                _goal(
                    f"{report.size:,}: p95 under {GOAL_P95_MS:.0f} ms",
                    is_met=product.p95 < GOAL_P95_MS,
                )
            )
    return goals


def _goal(goal: str, *, is_met: bool) -> Text:
    return Text.assemble(goal, ": ", ("met", "green") if is_met else ("MISSED", "bold red"))
