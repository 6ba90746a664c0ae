"""`assay rescore`: mark completed assessments again, by the engine of the stage."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.progress import Progress
from rich.table import Table

from local_stack import terminal
from local_stack.access import ANYWHERE, Access
from local_stack.api import Api, RefusedError
from local_stack.errors import LocalStackError
from local_stack.invocation import invoke_or_fail
from local_stack.terminal import AsJson
from shared.api.moments import read_moment
from shared.domain.errors import InvalidInputError

SECONDS: Final = 3
"""Of each round that the command waits for, so that the bar moves."""
LOOK_AGAIN_SECONDS: Final = 2.0
UNUSABLE: Final = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
)
PATIENCE_SECONDS: Final = 180.0
"""A stage in AWS begins a round every minute; when nothing moves for so long, something is away."""


def rescore(
    *,
    assessment: str | None = None,
    question: str | None = None,
    track: str | None = None,
    since: str | None = None,
    apply: Annotated[bool, Parameter(negative="")] = False,
    allow_lowering: Annotated[bool, Parameter(negative="")] = False,
    access: Access = ANYWHERE,
    as_json: AsJson = False,
) -> int:
    """Mark essays again from the stored answers; who moves is shown, and nothing changes.

    Name one of assessment, question and track. The work is the deployed functions': it goes on
    without this command, which waits for it. The exit code is 1 while some of it is not done.

    Args:
        assessment: The id of one.
        question: The id of an essay, wherever it was asked.
        track: All assessments of a track, such as backend-engineer.
        since: Those completed then or later, such as 2026-01-31.
        apply: Let the new marks count. The old are kept, a person's stay.
        allow_lowering: Let lower marks count too; otherwise they are withheld.
        as_json: Print the report as JSON for scripts, with every assessment.
    """
    named = {"assessmentId": assessment, "questionId": question, "trackId": track}
    subject = {name: value for name, value in named.items() if value is not None}
    if len(subject) != 1:
        raise LocalStackError(
            "It is not clear what to mark again.", "Name one of --assessment, --question, --track."
        )
    wanted = {**subject, "dryRun": not apply, "allowLowering": allow_lowering}
    if since is not None:
        _check_moment(since)
        wanted["since"] = since
    shown = "all" if as_json else "moved"
    with access.open() as api:
        path = f"/admin/rescores/{_start(api, wanted)}"
        _wait(api, path, access)
        report = api.get(path, show=shown, limit=1)
        report |= {"items": api.items(path, show=shown), "nextCursor": None}
    if as_json:
        terminal.print_json(report)
    else:
        _print_report(report)
    return 1 if report["counts"]["pending"] or report["counts"]["failed"] else 0


def _check_moment(text: str) -> None:
    try:
        read_moment(text, pointer="since")
    except InvalidInputError:
        raise LocalStackError(
            f"{text} is no RFC 3339 date.", "Write 2026-01-31, or 2026-01-31T12:00:00Z."
        ) from None


def _start(api: Api, wanted: Mapping[str, object]) -> str:
    """Return the id of what was begun."""
    try:
        started = api.post("/admin/rescores", wanted)
    except RefusedError as error:
        if error.status not in UNUSABLE:
            raise
        raise LocalStackError(
            f"Nothing can be marked again. {error.problem}", "See what there is, and name that."
        ) from None
    return str(started["id"])


def run_round(access: Access) -> bool:
    """Do some seconds of the work; return whether another round at once would be of use.

    A stage in AWS works by itself, and this only waits.
    """
    if not access.is_local:
        time.sleep(LOOK_AGAIN_SECONDS)
        return True
    said = invoke_or_fail(access.deployment(), "run_rescores", {"seconds": SECONDS})
    return isinstance(said, dict) and bool(said.get("done")) and not said.get("outage")


def _wait(
    api: Api, path: str, access: Access, *, clock: Callable[[], float] = time.monotonic
) -> None:
    """Show the work until it is done, or for as long as it goes on."""
    counts = api.get(path, limit=1)["counts"]
    left = counts["pending"]
    moved_at = clock()
    with Progress(console=terminal.err, transient=True) as progress:
        bar = progress.add_task("marking again", total=counts["total"])
        while left:
            goes_on = run_round(access)
            pending = api.get(path, limit=1)["counts"]["pending"]
            progress.update(bar, completed=counts["total"] - pending)
            if pending != left:
                moved_at = clock()
            elif not goes_on or clock() - moved_at > PATIENCE_SECONDS:
                return
            left = pending


def _print_report(report: Mapping[str, Any]) -> None:
    counts = report["counts"]
    moved = [item for item in report["items"] if item["after"] is not None]
    table = Table(box=None)
    for heading in ("assessment", "score", "band"):
        table.add_column(heading, no_wrap=True)
    table.add_column("essays", overflow="fold")
    for item in moved:
        before, after = item["before"], item["after"]
        essays = (e for e in item["essays"] if e["after"] is not None)
        table.add_row(
            item["assessmentId"],
            f"{before['overallScore']} → {after['overallScore']}",
            f"{before['band']} → {after['band']}" if item["crossesBand"] else before["band"],
            ", ".join(f"{e['before']:g} → {e['after']:g}" for e in essays),
        )
    if moved:
        terminal.out.print(table)
    terminal.out.print(
        f"{counts['raised']} raised, {counts['lowered']} lowered, {counts['unchanged']} unchanged "
        f"of {counts['total']}; {counts['crossedBand']} cross a band, {counts['withheld']} lower "
        "marks of essays withheld."
    )
    if counts["failed"]:
        terminal.out.print(f"[red]{counts['failed']} could not be marked.[/]")
    if counts["pending"]:
        terminal.out.print(
            f"[yellow]{counts['pending']} wait for the model or for a person; the work goes on by "
            f"itself: GET /admin/rescores/{report['id']}[/]",
            soft_wrap=True,
        )
    if report["dryRun"]:
        terminal.out.print("This was a dry run: nothing has changed. Do it with --apply.")
