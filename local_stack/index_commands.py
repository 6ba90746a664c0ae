"""`assay index`: see the embedding index, and rebuild it, as an admin does over HTTP."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from cyclopts import App
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local_stack import terminal
from local_stack.access import ANYWHERE, Access
from local_stack.api import Api, RefusedError
from local_stack.errors import LocalStackError
from local_stack.student import Body
from local_stack.terminal import AsJson

LOOK_AGAIN_SECONDS: Final = 0.5
INDEX: Final = "/admin/index"


class Rebuild(Body):
    id: str
    status: str
    model: str
    run: int
    total: int
    embedded: int
    switched_at: str | None
    failure: str | None


class StaleCredential(Body):
    slug: str
    missing: bool


class Index(Body):
    model: str | None
    dimensions: int | None
    configured_model: str
    active: int
    embedded: int
    stale: int
    missing: int
    stale_credentials: list[StaleCredential]
    rebuild_advised: bool
    rebuild: Rebuild | None


index: Final = App(name="index", help="See and rebuild the embedding index, as an admin.")


@index.command
def show(*, access: Access = ANYWHERE, as_json: AsJson = False) -> None:
    """Say what is searched, what of it is stale, and how far a rebuild is.

    Args:
        as_json: Print the API's own answer for scripts.
    """
    with access.open() as api:
        found = api.get(INDEX)
    if as_json:
        terminal.print_json(found)
    else:
        _print_index(Index.model_validate(found))


@index.command
def rebuild(
    *,
    wait: bool = True,
    access: Access = ANYWHERE,
    as_json: AsJson = False,
) -> int:
    """Embed the catalog anew, while the present index is searched; go on with one that failed.

    The exit code is 1 when the rebuild fails.

    Args:
        wait: Show its progress until it has ended.
        as_json: Print the rebuild as JSON in the end, without a progress bar.
    """
    with access.open() as api:
        started = _start(api)
        rebuild_id: str = started["rebuild"]["id"]
        if not as_json:
            word = "goes on" if started["resumed"] else "started"
            terminal.err.print(f"Rebuild {rebuild_id} {word}.")
        ended = started["rebuild"] if not wait else _follow(api, rebuild_id, shows=not as_json)
    if as_json:
        terminal.print_json(ended)
    elif wait:
        _print_end(Rebuild.model_validate(ended))
    return 1 if ended["status"] not in {"running", "completed"} else 0


def _start(api: Api) -> dict[str, Any]:
    try:
        started: dict[str, Any] = api.post(f"{INDEX}/rebuild")
    except RefusedError as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        raise LocalStackError(error.problem, "Look at it: assay index show.") from None
    return started


def _follow(
    api: Api,
    rebuild_id: str,
    *,
    shows: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, object]:
    """Return the rebuild as it ended, or the one that has replaced it since."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=terminal.err,
        disable=not shows,
    )
    with bar:
        task = bar.add_task("embedding", total=None)
        while True:
            body: dict[str, object] = api.get(INDEX)["rebuild"]
            now = Rebuild.model_validate(body)
            step = "clearing the old set" if now.switched_at else "embedding"
            total = now.total or None
            bar.update(task, description=step, completed=now.embedded, total=total)
            if now.status != "running" or now.id != rebuild_id:
                return body
            sleep(LOOK_AGAIN_SECONDS)


def _print_index(found: Index) -> None:
    say = terminal.out.print
    say(f"searched    {found.model or 'nothing'}, {found.dimensions or 0} dimensions")
    if found.model != found.configured_model:
        say(f"configured  {found.configured_model}")
    say(f"embedded    {found.embedded} of {found.active} credentials")
    say(f"stale       {found.stale}, of which {found.missing} without any embedding")
    for one in found.stale_credentials:
        say(f"            {terminal.escape(one.slug)}{' (missing)' if one.missing else ''}")
    if (newest := found.rebuild) is not None:
        progress = f"{newest.embedded} of {newest.total} embedded by {newest.model}"
        say(f"rebuild     {newest.status}, {progress}")
        if newest.failure:
            say(f"            {terminal.escape(newest.failure)}", soft_wrap=True)
    is_running = newest is not None and newest.status == "running"
    if found.rebuild_advised and not is_running:
        say("Rebuild it: [bold]assay index rebuild[/]")


def _print_end(ended: Rebuild) -> None:
    if ended.status == "completed":
        terminal.out.print(f"{ended.embedded} credentials are searched by {ended.model}.")
        return
    raise LocalStackError(
        f"The rebuild {ended.status} with {ended.embedded} of {ended.total} embedded: "
        f"{ended.failure or 'no reason is known'}.",
        "The old index is searched. Go on with it: assay index rebuild.",
    )
