"""`assay webhooks listen`: a receiver on this machine that shows what comes."""

import json
import signal
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from local_stack import terminal
from local_stack.access import ANYWHERE, Access
from local_stack.api import Api
from local_stack.errors import LocalStackError
from local_stack.terminal import AsJson
from local_stack.webhook_events import EventName, Events
from local_stack.webhook_receiver import Arrival, Receiver, receiving

STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def listen(
    *,
    event: Events = None,
    port: Annotated[int, Parameter(validator=Number(gte=0, lte=65535))] = 0,
    access: Access = ANYWHERE,
    as_json: AsJson = False,
) -> None:
    """Receive webhooks here and print each, verified, until Ctrl-C.

    The receiver is registered with the local stack while the command runs.

    Args:
        event: What to listen to; everything if left out. May be given more than once.
        port: Of this machine; any that is free if left out.
        as_json: Print a JSON line for each, for scripts.
    """
    if not access.is_local:
        raise LocalStackError(
            f"Stage {access.stage!r} cannot reach a receiver on this machine.",
            "Leave --stage out, or register an https address: assay webhooks create URL.",
        )
    with (
        access.open() as api,
        receiving(port) as receiver,
        _stopped_by_signals(receiver),
        _registered(api, receiver, event or []) as webhook_id,
    ):
        terminal.err.print(
            f"Listening at {receiver.url} as webhook {webhook_id} until Ctrl-C. Try it:\n"
            f"  assay webhooks test {webhook_id}",
            soft_wrap=True,
        )
        while (arrival := receiver.arrivals.get()) is not None:
            if isinstance(arrival, BaseException):
                raise arrival
            _print_arrival(arrival, as_json=as_json)
    terminal.err.print("Stopped, and no longer registered.")


@contextmanager
def _registered(api: Api, receiver: Receiver, events: Sequence[EventName]) -> Generator[str]:
    body = {"url": receiver.url, "eventTypes": events, "description": "assay webhooks listen"}
    created = api.post("/webhooks", body)
    try:
        receiver.expect(created["secret"])
        yield created["id"]
    finally:
        api.delete(f"/webhooks/{created['id']}")


@contextmanager
def _stopped_by_signals(receiver: Receiver) -> Generator[None]:
    """Signals only tell the reader to stop, so that nothing is broken off half done."""
    before = {
        number: signal.signal(number, lambda *_: receiver.arrivals.put(None)) for number in STOPPING
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_arrival(arrival: Arrival, *, as_json: bool) -> None:
    if as_json:
        line = {
            "receivedAt": arrival.at.isoformat(timespec="milliseconds"),
            "id": arrival.id,
            "type": arrival.type,
            "sequence": arrival.sequence,
            "verified": arrival.fault is None,
            "fault": arrival.fault,
            "content": arrival.content,
        }
        print(json.dumps(line, ensure_ascii=False), flush=True)
        return
    verdict = (
        "[green]signature ok[/]"
        if arrival.fault is None
        else f"[red]refused: {terminal.escape(arrival.fault)}[/]"
    )
    terminal.out.print(
        f"{arrival.at.astimezone():%H:%M:%S}  {terminal.escape(arrival.type):<23} "
        f"{arrival.sequence!s:>4}  {terminal.escape(arrival.id)}  {verdict}",
        soft_wrap=True,
    )
