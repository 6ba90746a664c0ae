"""`assay recommend`: credentials for situations from standard input, by the seeded database."""

import sys
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from local_stack import terminal
from local_stack.database import open_store
from local_stack.lines import Outcome, answer_lines, print_outcomes
from local_stack.situations import SituationLine
from local_stack.situations import recommend as recommend_for
from shared.adapters.offline_embedder import offline_embedder_of


def recommend(*, as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> int:
    """Rank what fits: JSON objects from standard input, one a line; one line out for each.

    A line has trackId and level, and may have id, interests, gaps and limit. Where nothing fits,
    items is empty and reason says why. A line that cannot be read gives an error in its place, and
    the exit code is 1 then. Needs the seeded database alone: DATABASE_URL, or that of the stack.

    Args:
        as_json: Print a JSON object a line in place of a table.
    """
    with open_store() as store:
        outcomes = answer_lines(
            sys.stdin,
            SituationLine,
            lambda line: recommend_for(line, store=store, embedder_of=offline_embedder_of),
        )
        return print_outcomes(outcomes) if as_json else _print_tables(list(outcomes))


def _print_tables(outcomes: list[Outcome]) -> int:
    for outcome in outcomes:
        items = outcome.get("items")
        table = Table(title=f"{outcome['id'] or 'situation'}", box=None, title_justify="left")
        for heading in ("", "score", "credential", "provider", "level", "closes"):
            table.add_column(heading)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                closes = item["closes"] if isinstance(item["closes"], list) else []
                table.add_row(
                    f"{item['rank']}",
                    f"{item['score']}",
                    f"{item['title']}",
                    f"{item['provider']}",
                    f"{item['level']}",
                    ", ".join(map(str, closes)),
                )
        terminal.out.print(table)
        if said := outcome.get("error") or outcome.get("reason"):
            terminal.out.print(terminal.escape(f"{said}"))
    return 1 if any("error" in outcome for outcome in outcomes) else 0
