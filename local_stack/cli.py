"""The `assay` command: run Assay on this machine and operate what runs."""

import getpass
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError
from cyclopts import App, Parameter

from local_stack import (
    admin_commands,
    content_commands,
    operations_commands,
    terminal,
    transfer_commands,
    webhook_commands,
)
from local_stack import logs as logs_of
from local_stack.access import ANYWHERE, Access
from local_stack.asset import build_lambda_asset
from local_stack.aws_errors import told
from local_stack.demo import run_demo
from local_stack.errors import LocalStackError
from local_stack.index_commands import index
from local_stack.invocation import invoke as invoke_function
from local_stack.invocation import invoke_or_fail
from local_stack.recommend_command import recommend
from local_stack.rescore_command import rescore
from local_stack.score_command import score
from local_stack.settings import ROOT, Settings
from local_stack.stack import Stack
from local_stack.status import show_status
from local_stack.where import LOCAL, Where

app: Final = App(name="assay", help=__doc__, version="0.1.0")
app.command(content_commands.seeds)
app.command(content_commands.catalog)
app.command(admin_commands.users)
app.command(admin_commands.audit)
app.command(transfer_commands.content)
app.command(webhook_commands.webhooks)
app.command(index)
app.command(operations_commands.retry)
app.command(operations_commands.redrive)
app.command(score)
app.command(recommend)
app.command(rescore)


def settings() -> Settings:
    return Settings.read(os.environ)


@app.command
def up() -> None:
    """Start PostgreSQL and the emulator, deploy what changed, migrate, seed."""
    outputs = Stack(settings=settings()).up(terminal.step)
    terminal.out.print(f"Assay is up: {outputs.api_url}/api/v1/docs", soft_wrap=True)


@app.command
def down() -> None:
    """Stop everything that `up` started. The database keeps its content."""
    Stack(settings=settings()).down()


@app.command
def status() -> int:
    """Say what runs, where, and whether it answers."""
    return 0 if show_status(Stack(settings=settings())) else 1


@app.command
def seed(*, where: Where = LOCAL) -> None:
    """Load the seeds again; what has not changed is left alone."""
    _print_json(invoke_or_fail(where.deployment(), "load_seeds", {}))


@app.command
def logs(
    function: str | None = None,
    *,
    follow: Annotated[bool, Parameter(alias="-f", negative="")] = False,
    minutes: float = 60,
    where: Where = LOCAL,
) -> None:
    """Print what the functions logged.

    Args:
        function: A module of functions/, for example submit_assessment; all if left out.
        follow: Keep printing what comes.
        minutes: How far back to start.
    """
    chosen = where.deployment()
    functions = chosen.functions()
    modules = [function] if function else list(functions)
    if function:
        chosen.function(function)
    since = int((time.time() - minutes * 60) * 1000)
    read = logs_of.follow if follow else logs_of.read
    for line in read(chosen, modules, since_ms=since):
        prefix = "" if function else f"[cyan]{line.module}[/] "
        terminal.out.print(prefix + terminal.escape(line.text), soft_wrap=True)


@app.command
def invoke(function: str, event: Path | None = None, *, where: Where = LOCAL) -> int:
    """Run one deployed function; print its result, and its log on standard error.

    Args:
        function: A module of functions/, for example submit_assessment.
        event: The event as a JSON file; events/<function>.json if left out.
    """
    content = _read_event(event or ROOT / "events" / f"{function}.json")
    invocation = invoke_function(where.deployment(), function, content)
    terminal.err.print(invocation.log, style="dim", markup=False, soft_wrap=True)
    _print_json(invocation.result)
    return 1 if invocation.failed else 0


@app.command(name="create-user")
def create_user(
    *,
    email: str,
    name: str,
    role: Literal["advisor", "admin"],
    password: str | None = None,
    where: Where = LOCAL,
) -> None:
    """Create a person of the staff; students register themselves.

    Args:
        email: What they sign in with.
        name: What they are called.
        role: What they may do.
        password: Asked for, or read from standard input, if left out: it then stays out of the
            shell's history.
    """
    event = {
        "email": email,
        "name": name,
        "role": role,
        "password": password if password is not None else _ask_password(),
    }
    _print_json(invoke_or_fail(where.deployment(), "create_user", event))


@app.command
def retention(*, dry_run: bool = False, where: Where = LOCAL) -> None:
    """Let go of what is older than it may be held, as every day; print counts by table.

    Args:
        dry_run: Count what would go, and leave it.
    """
    _print_json(invoke_or_fail(where.deployment(), "apply_retention", {"dryRun": dry_run}))


@app.command
def demo(*, track: str = "backend-engineer") -> None:
    """Take a new student through a whole assessment and show what they would read.

    Args:
        track: The track that the student chooses.
    """
    run_demo(Stack(settings=settings()), track_id=track)


@app.command
def token(*, access: Access = ANYWHERE) -> None:
    """Log in and print a token of a day, to be kept in ASSAY_TOKEN."""
    with access.open() as api:
        print(api.token())


@app.command
def completion(shell: Literal["bash", "zsh", "fish"]) -> None:
    """Print what completes these commands in a shell.

    Args:
        shell: Which one.
    """
    print(app.generate_completion(shell=shell))


@app.command
def asset(target: Path) -> None:
    """Build the Lambda asset for AWS: our code, its dependencies, and bytecode, for arm64.

    Args:
        target: The folder to build, emptied first if something has changed.
    """
    with terminal.step("Lambda asset"):
        build_lambda_asset(ROOT, target.absolute())


def main(words: Sequence[str] | None = None) -> None:
    """Run the command; what goes wrong is said in a paragraph, never as a traceback."""
    try:
        sys.exit(app(words))
    except LocalStackError as error:
        terminal.complain(error.problem, error.remedy)
    except (BotoCoreError, ClientError) as error:
        explained = told(error)
        terminal.complain(explained.problem, explained.remedy)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001  the last line of defence
        trace = _keep_traceback()
        terminal.complain(
            f"This is a fault of assay itself: {type(error).__name__}: {error}.",
            f"Please report it with {trace}.",
        )
    sys.exit(1)


def _keep_traceback() -> Path:
    path = settings().logs / "assay-error.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(traceback.format_exc())
    return path


def _read_event(path: Path) -> object:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise LocalStackError(
            f"There is no event file {path}.", "Name another: assay invoke <function> <file>."
        ) from None
    except ValueError as error:
        raise LocalStackError(f"{path} is not JSON: {error}.", "Correct it.") from None


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise LocalStackError("The two passwords differ.", "Try again.")
    return first


def _print_json(value: object) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    if sys.stdout.isatty():
        terminal.out.print_json(text)
    else:
        print(text)
