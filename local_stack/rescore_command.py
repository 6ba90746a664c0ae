"""`assay rescore`: mark completed assessments again, by the engine of the stack that is up."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final

from cyclopts import Parameter
from rich.progress import Progress
from rich.table import Table

from local_stack import terminal
from local_stack.database import open_store
from local_stack.errors import LocalStackError
from local_stack.invocation import invoke_or_fail
from local_stack.outputs import Outputs
from local_stack.settings import Settings
from local_stack.stack import Stack
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.api.moments import read_moment
from shared.api.schemas.rescores import RescorePageOut
from shared.domain.assessment import AssessmentId
from shared.domain.errors import InvalidInputError, NotFoundError, ResultNotReadyError
from shared.domain.rescore import Rescore, RescoreCounts, RescoreItem, RescoreScope, Shown
from shared.ports.store import Store
from shared.usecases.get_rescore import get_rescore
from shared.usecases.start_rescore import StartedRescore, Wanted, start_rescore

SECONDS: Final = 3
"""Of each round that the command waits for, so that the bar moves."""
PAGE: Final = 100


def rescore(
    *,
    assessment: str | None = None,
    question: str | None = None,
    track: str | None = None,
    since: str | None = None,
    apply: Annotated[bool, Parameter(negative="")] = False,
    allow_lowering: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
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
    wanted = _wanted(
        assessment, question, track, since, is_dry_run=not apply, may_lower=allow_lowering
    )
    with open_store() as store:
        started = _start(wanted, store)
        _wait(started, store)
        shown = Shown.ALL if as_json else Shown.MOVED
        found = get_rescore(started.rescore.id, shown=shown, limit=1, after=None, store=store)
        items = list(_items(started.rescore, shown, store))
    if as_json:
        report = RescorePageOut.build(found.rescore, found.counts, items, None)
        print(json.dumps(report.model_dump(mode="json", by_alias=True), indent=2))
    else:
        _print_report(found.rescore, found.counts, items)
    return 1 if found.counts.pending or found.counts.failed else 0


def _wanted(
    assessment: str | None,
    question: str | None,
    track: str | None,
    since: str | None,
    *,
    is_dry_run: bool,
    may_lower: bool,
) -> Wanted:
    named = [
        (scope, subject)
        for scope, subject in (
            (RescoreScope.ASSESSMENT, assessment),
            (RescoreScope.QUESTION, question),
            (RescoreScope.TRACK, track),
        )
        if subject is not None
    ]
    if len(named) != 1:
        raise LocalStackError(
            "It is not clear what to mark again.", "Name one of --assessment, --question, --track."
        )
    ((scope, subject),) = named
    return Wanted(
        scope=scope,
        subject=subject,
        since=_moment(since),
        is_dry_run=is_dry_run,
        may_lower=may_lower,
    )


def _moment(text: str | None) -> datetime | None:
    try:
        return read_moment(text, pointer="since")
    except InvalidInputError:
        raise LocalStackError(
            f"{text} is no RFC 3339 date.", "Write 2026-01-31, or 2026-01-31T12:00:00Z."
        ) from None


def _start(wanted: Wanted, store: Store) -> StartedRescore:
    try:
        return start_rescore(
            wanted, None, idempotency=None, store=store, ids=Uuid7Ids(), clock=SystemClock()
        )
    except (InvalidInputError, NotFoundError, ResultNotReadyError) as error:
        raise LocalStackError(
            f"Nothing can be marked again: {error}.", "See what there is, and name that."
        ) from None


def run_round() -> object:
    """Let the deployed functions work for some seconds, and return what they say of it."""
    chosen = Settings.read(os.environ)
    Outputs.read(chosen.outputs)
    return invoke_or_fail(Stack(settings=chosen).deployment, "run_rescores", {"seconds": SECONDS})


def _wait(started: StartedRescore, store: Store) -> None:
    """Show the work until it is done, or for as long as it goes on."""
    total = started.counts.total
    with Progress(console=terminal.err, transient=True) as progress:
        bar = progress.add_task("marking again", total=total)
        left = total
        while left:
            said = run_round()
            with store.begin() as repositories:
                pending = repositories.rescores.counts(started.rescore.id).pending
            progress.update(bar, completed=total - pending)
            if pending == left and not _goes_on(said):
                return
            left = pending


def _goes_on(said: object) -> bool:
    """Tell from a round's words whether another one at once would be of use."""
    return isinstance(said, dict) and bool(said.get("done")) and not said.get("outage")


def _items(rescore: Rescore, shown: Shown, store: Store) -> Iterator[RescoreItem]:
    after: AssessmentId | None = None
    while True:
        page = get_rescore(rescore.id, shown=shown, limit=PAGE, after=after, store=store)
        yield from page.items
        if (after := page.next_cursor) is None:
            return


def _print_report(rescore: Rescore, counts: RescoreCounts, moved: list[RescoreItem]) -> None:
    table = Table(box=None)
    for heading in ("assessment", "score", "band"):
        table.add_column(heading, no_wrap=True)
    table.add_column("essays", overflow="fold")
    for item in moved:
        if (outcome := item.outcome) is None:
            continue
        before, after = outcome.before, outcome.after
        table.add_row(
            item.assessment_id,
            f"{before.overall_score} → {after.overall_score}",
            f"{before.band} → {after.band}" if outcome.crosses_band else before.band.value,
            ", ".join(f"{e.before:g} → {e.after:g}" for e in outcome.essays if e.after is not None),
        )
    if moved:
        terminal.out.print(table)
    terminal.out.print(
        f"{counts.raised} raised, {counts.lowered} lowered, {counts.unchanged} unchanged of "
        f"{counts.total}; {counts.crossed_band} cross a band, {counts.withheld} lower marks of "
        f"essays withheld."
    )
    if counts.failed:
        terminal.out.print(f"[red]{counts.failed} could not be marked.[/]")
    if counts.pending:
        terminal.out.print(
            f"[yellow]{counts.pending} wait for the model or for a person; the work goes on by "
            f"itself: GET /admin/rescores/{rescore.id}[/]",
            soft_wrap=True,
        )
    if rescore.is_dry_run:
        terminal.out.print("This was a dry run: nothing has changed. Do it with --apply.")
