"""`assay retry` and `assay redrive`: what admins set going, for the person at the terminal."""

from http import HTTPStatus
from typing import Literal

from rich.table import Table

from local_stack import terminal
from local_stack.access import ANYWHERE, Access
from local_stack.api import RefusedError
from local_stack.errors import LocalStackError
from local_stack.terminal import AsJson


def retry(assessment: str, *, access: Access = ANYWHERE, as_json: AsJson = False) -> None:
    """Score an assessment again whose scoring failed; what was scored already is kept.

    Args:
        assessment: Its id.
        as_json: Print what is answered over HTTP, for scripts.
    """
    with access.open() as api:
        try:
            retried = api.post(f"/admin/assessments/{assessment}/retry")
        except RefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise LocalStackError(
                f"There is no assessment {assessment}.",
                "Its id is in GET /advisor/assessments, and in the log of fail_assessment.",
            ) from None
    if as_json:
        terminal.print_json(retried)
    else:
        found = retried["assessmentId"]
        terminal.out.print(f"Assessment {found} is being scored again.", soft_wrap=True)


def redrive(
    queue: Literal["scoring", "retrieval", "fusion", "webhooks"],
    *,
    access: Access = ANYWHERE,
    as_json: AsJson = False,
) -> None:
    """Move dead letters back to their queue, 200 at most; each is delivered three times more.

    Args:
        queue: Which one.
        as_json: Print what is answered over HTTP, for scripts.
    """
    with access.open() as api:
        found = api.post(f"/admin/queues/{queue}/redrive")
    if as_json:
        terminal.print_json(found)
        return
    table = Table(box=None)
    for heading in ("queue", "moved", "still dead", "in flight"):
        table.add_column(heading)
    left = ("?" if found[name] is None else str(found[name]) for name in ("waiting", "inFlight"))
    table.add_row(found["queue"], str(found["moved"]), *left)
    terminal.out.print(table)
