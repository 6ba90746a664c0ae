"""`assay index`: see the embedding index, and rebuild it, as an admin does over HTTP."""

import getpass
import json
import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Final

import httpx
from cyclopts import App, Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local_stack import terminal
from local_stack.errors import LocalStackError
from local_stack.outputs import Outputs
from local_stack.settings import Settings
from local_stack.student import ApiError, Body, Student

LOOK_AGAIN_SECONDS: Final = 0.5
CREATE_ADMIN: Final = "Create one: assay create-user --role admin."

AsJson = Annotated[bool, Parameter(name="--json", negative="")]
Email = Annotated[str, Parameter(env_var="ASSAY_ADMIN_EMAIL")]
Password = Annotated[str | None, Parameter(env_var="ASSAY_ADMIN_PASSWORD", show_env_var=True)]


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


class Admin(Student):
    """An admin at the same API."""

    def index(self) -> httpx.Response:
        return self._call("GET", "/admin/index")

    def start_rebuild(self) -> httpx.Response:
        return self._call("POST", "/admin/index/rebuild")


index: Final = App(name="index", help="See and rebuild the embedding index, as an admin.")


@index.command
def show(*, email: Email, password: Password = None, as_json: AsJson = False) -> None:
    """Say what is searched, what of it is stale, and how far a rebuild is.

    Args:
        email: The admin's.
        password: Asked for, or read from standard input, if left out.
        as_json: Print the API's own answer for scripts.
    """
    with _admin(email, password) as admin:
        reply = admin.index()
    if as_json:
        print(reply.text)
        return
    found = Index.model_validate_json(reply.content)
    _print_index(found)


@index.command
def rebuild(
    *,
    email: Email,
    password: Password = None,
    wait: bool = True,
    as_json: AsJson = False,
) -> int:
    """Embed the catalog anew, while the present index is searched; go on with one that failed.

    The exit code is 1 when the rebuild fails.

    Args:
        email: The admin's.
        password: Asked for, or read from standard input, if left out.
        wait: Show its progress until it has ended.
        as_json: Print the rebuild as JSON in the end, without a progress bar.
    """
    with _admin(email, password) as admin:
        started = admin.start_rebuild().json()
        rebuild_id: str = started["rebuild"]["id"]
        if not as_json:
            word = "goes on" if started["resumed"] else "started"
            terminal.err.print(f"Rebuild {rebuild_id} {word}.")
        ended = started["rebuild"] if not wait else _follow(admin, rebuild_id, shows=not as_json)
    if as_json:
        print(json.dumps(ended))
    elif wait:
        _print_end(Rebuild.model_validate(ended))
    return 1 if ended["status"] not in {"running", "completed"} else 0


def _follow(
    admin: Admin,
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
            body: dict[str, object] = admin.index().json()["rebuild"]
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


@contextmanager
def _admin(email: str, password: str | None) -> Generator[Admin]:
    api_url = Outputs.read(Settings.read(os.environ).outputs).api_url
    try:
        with Admin(api_url) as admin:
            admin.log_in(email, password if password is not None else _ask_password())
            yield admin
    except ApiError as error:
        raise LocalStackError(*_told(error)) from None
    except httpx.TransportError:
        raise LocalStackError("The API does not answer.", "Start it: make up.") from None


def _told(error: ApiError) -> tuple[str, str]:
    detail = f"The API refused: {error.problem.get('detail', error.status)}."
    if error.status == HTTPStatus.UNAUTHORIZED:
        return detail, f"Name an admin and the password. {CREATE_ADMIN}"
    if error.status == HTTPStatus.FORBIDDEN:
        return detail, f"Name an admin. {CREATE_ADMIN}"
    if error.status == HTTPStatus.CONFLICT:
        return detail, "Look at it: assay index show."
    return detail, "See what the functions logged: assay logs."


def _ask_password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
