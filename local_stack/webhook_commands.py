"""`assay webhooks`: what admins do over HTTP with webhooks, and a receiver to try them with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.table import Table

from local_stack import terminal
from local_stack.access import ANYWHERE, Access
from local_stack.database import open_store
from local_stack.errors import LocalStackError
from local_stack.terminal import AsJson
from local_stack.webhook_events import Events
from local_stack.webhook_listener import listen
from shared.adapters.system import SystemClock
from shared.domain.webhook_delivery import DeliveryStatus
from shared.usecases.prune_deliveries import count_old_deliveries, prune_deliveries

Limit = Annotated[int, Parameter(validator=Number(gte=1))]
TIME: Final = "%m-%d %H:%M:%S"

webhooks: Final = App(name="webhooks", help="Tell receivers of events, and see how it went.")
webhooks.command(listen)


@webhooks.command(name="list")
def show(*, access: Access = ANYWHERE, as_json: AsJson = False) -> None:
    """List webhooks, newest first.

    Args:
        as_json: Print a JSON list for scripts.
    """
    with access.open() as api:
        found = api.items("/webhooks")
    if as_json:
        terminal.print_json(found)
    else:
        _print_webhooks(found)


@webhooks.command
def create(
    url: str,
    *,
    event: Events = None,
    description: str = "",
    access: Access = ANYWHERE,
    as_json: AsJson = False,
) -> None:
    """Register a webhook and print its secret, which is shown this once.

    Args:
        url: Where messages are sent: https, or here http to this machine.
        event: What it is told of; all if left out. May be given more than once.
        description: Whose it is.
        as_json: Print the webhook as JSON for scripts.
    """
    body = {"url": url, "eventTypes": event or [], "description": description}
    with access.open() as api:
        created = api.post("/webhooks", body)
    _print_with_secret(created, as_json=as_json)


@webhooks.command
def delete(webhook: str, *, access: Access = ANYWHERE) -> None:
    """Remove a webhook with its deliveries and their log.

    Args:
        webhook: Its id.
    """
    with access.open() as api:
        api.delete(f"/webhooks/{webhook}")


@webhooks.command
def enable(webhook: str, *, access: Access = ANYWHERE, as_json: AsJson = False) -> None:
    """Send to a webhook again that was disabled; what it missed comes by `recover`.

    Args:
        webhook: Its id.
        as_json: Print the webhook as JSON for scripts.
    """
    with access.open() as api:
        enabled = api.patch(f"/webhooks/{webhook}", {"enabled": True})
    if as_json:
        terminal.print_json(enabled)
    else:
        _print_webhooks([enabled])


@webhooks.command(name="rotate-secret")
def rotate_secret(webhook: str, *, access: Access = ANYWHERE, as_json: AsJson = False) -> None:
    """Give a webhook another secret and print it; for a day the old one signs too.

    Args:
        webhook: Its id.
        as_json: Print the webhook as JSON for scripts.
    """
    with access.open() as api:
        rotated = api.post(f"/webhooks/{webhook}/rotate-secret")
    _print_with_secret(rotated, as_json=as_json)


@webhooks.command(name="test")
def send_test(webhook: str, *, access: Access = ANYWHERE, as_json: AsJson = False) -> None:
    """Send a message that means nothing, to try whether a webhook listens.

    Args:
        webhook: Its id.
        as_json: Print the delivery's ids as JSON for scripts.
    """
    with access.open() as api:
        accepted = api.post(f"/webhooks/{webhook}/test")
    _print_accepted(webhook, accepted, as_json=as_json)


@webhooks.command
def resend(
    webhook: str, delivery: str, *, access: Access = ANYWHERE, as_json: AsJson = False
) -> None:
    """Deliver once more: same id, same bytes.

    Args:
        webhook: Its id.
        delivery: The delivery's id.
        as_json: Print the delivery's ids as JSON for scripts.
    """
    with access.open() as api:
        accepted = api.post(f"/webhooks/{webhook}/deliveries/{delivery}/resend")
    _print_accepted(webhook, accepted, as_json=as_json)


@webhooks.command
def recover(
    webhook: str, *, since: str, access: Access = ANYWHERE, as_json: AsJson = False
) -> None:
    """Deliver all that failed, was discarded or was never sent.

    Args:
        webhook: Its id.
        since: A time like 2026-01-31T12:00, here or with a zone; at most 30 days ago.
        as_json: Print how many as JSON for scripts.
    """
    try:
        moment = datetime.fromisoformat(since).astimezone()
    except ValueError:
        raise LocalStackError(
            f"{since!r} is no time.", "Give one like 2026-01-31T12:00 or 2026-01-31T12:00Z."
        ) from None
    count, has_more = 0, True
    with access.open() as api:
        while has_more:  # one request queues a thousand
            recovery = api.post(f"/webhooks/{webhook}/recover", {"since": moment.isoformat()})
            count, has_more = count + recovery["deliveries"], recovery["hasMore"]
    if as_json:
        terminal.print_json({"deliveries": count})
    else:
        terminal.out.print(f"{count} deliver{'y' if count == 1 else 'ies'} queued.")


@webhooks.command
def deliveries(
    webhook: str,
    *,
    status: DeliveryStatus | None = None,
    limit: Limit = 20,
    access: Access = ANYWHERE,
    as_json: AsJson = False,
) -> None:
    """List what was sent to a webhook, newest first, with the last answer.

    Args:
        webhook: Its id.
        status: Those in this state; all if left out.
        limit: At most so many.
        as_json: Print a JSON list for scripts, with every attempt.
    """
    with access.open() as api:
        found = api.items(f"/webhooks/{webhook}/deliveries", limit=limit, status=status)
    if as_json:
        terminal.print_json(found)
    else:
        _print_deliveries(found)


@webhooks.command
def prune(*, dry_run: bool = False, as_json: AsJson = False) -> None:
    """Remove messages, deliveries and logs of more than 45 days ago, as happens every minute.

    Args:
        dry_run: Only count them.
        as_json: Print rows by table as JSON for scripts.
    """
    work = count_old_deliveries if dry_run else prune_deliveries
    with open_store() as store:
        pruned = work(store=store, clock=SystemClock())
    if as_json:
        terminal.print_json({"counts": pruned.counts, "isComplete": pruned.is_complete})
        return
    table = Table(box=None)
    table.add_column("table")
    table.add_column("too old" if dry_run else "removed", justify="right")
    for name, count in sorted(pruned.counts.items()):
        table.add_row(name, str(count))
    terminal.out.print(table)


def _print_webhooks(found: Sequence[Mapping[str, Any]]) -> None:
    table = Table("since", "state", "url", "events", "id", box=None)
    for webhook in found:
        if not webhook["enabled"]:
            state = f"[red]disabled: {webhook['disabledReason']}[/]"
        elif webhook["failingSince"]:
            state = f"[yellow]failing since {_local(webhook['failingSince'])}[/]"
        else:
            state = "[green]enabled[/]"
        table.add_row(
            _local(webhook["createdAt"]),
            state,
            terminal.escape(webhook["url"]),
            ", ".join(webhook["eventTypes"]) or "all",
            webhook["id"],
        )
    terminal.print_table(table)


def _print_deliveries(found: Sequence[Mapping[str, Any]]) -> None:
    headings = ("created", "event", "sequence", "status", "attempts", "last answer", "id")
    table = Table(*headings, box=None)
    for column in table.columns:
        column.justify = "right" if column.header in {"sequence", "attempts"} else "left"
    colours = {"delivered": "green", "pending": "yellow"}
    for delivery in found:
        status = delivery["status"]
        table.add_row(
            _local(delivery["createdAt"]),
            delivery["eventType"],
            str(delivery["sequence"]),
            f"[{colours.get(status, 'red')}]{status}[/]",
            str(len(delivery["attempts"])),
            _answer_of(delivery["attempts"]),
            delivery["id"],
        )
    terminal.print_table(table)


def _answer_of(attempts: Sequence[Mapping[str, Any]]) -> str:
    if not attempts:
        return "none yet"
    last = attempts[-1]
    return f"{last['status'] or last['error']} in {last['latencyMs']} ms"


def _print_with_secret(webhook: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(webhook)
        return
    _print_webhooks([webhook])
    terminal.out.print(f"Its secret, shown this once: {webhook['secret']}", soft_wrap=True)


def _print_accepted(webhook: str, accepted: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(accepted)
        return
    terminal.out.print(
        f"Delivery {accepted['deliveryId']} is on its way; see it with\n"
        f"  assay webhooks deliveries {webhook}",
        soft_wrap=True,
    )


def _local(time: str) -> str:
    return f"{datetime.fromisoformat(time).astimezone():{TIME}}"
