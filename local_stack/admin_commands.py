"""`assay users` and `assay audit`: what admins do over HTTP, for the person at the terminal."""

import os
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final

from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.table import Table

from local_stack import terminal
from local_stack.access import ANYWHERE, ANYWHERE_AS, Access, AccessAs
from local_stack.api import Api, RefusedError
from local_stack.database import open_store
from local_stack.errors import LocalStackError
from local_stack.settings import Settings
from local_stack.terminal import AsJson
from shared.api.schemas.administration import verification_out
from shared.domain.user import Role
from shared.usecases.verify_audit_logs import verify_audit_logs

users: Final = App(name="users", help="List people and change their roles.")
audit: Final = App(name="audit", help="Check the audit log.")


@users.command(name="list")
def show_users(
    *,
    role: Role | None = None,
    email: str | None = None,
    limit: Annotated[int, Parameter(validator=Number(gte=1))] = 100,
    access: AccessAs = ANYWHERE_AS,
    as_json: AsJson = False,
) -> None:
    """List people, newest first.

    Args:
        role: Those in this role; all if left out.
        email: The one with exactly this address.
        limit: At most so many.
        as_json: Print a JSON list for scripts.
    """
    with access.open() as api:
        found = api.items("/admin/users", limit=limit + 1, role=role, email=email)
    if as_json:
        terminal.print_json(found[:limit])
        return
    _print_table(found[:limit])
    if len(found) > limit:
        terminal.err.print(f"There are more than {limit}; see them with --limit.")


@users.command(name="set-role")
def set_role(
    person: str, role: Role, *, access: Access = ANYWHERE, as_json: AsJson = False
) -> None:
    """Give a person another role; what they are logged in with ends within a minute.

    Args:
        person: Their id, or their e-mail address.
        role: What they may do from now on.
        as_json: Print the person as JSON for scripts.
    """
    with access.open() as api:
        try:
            user = api.patch(f"/admin/users/{_find(person, api)}", {"role": role})
        except RefusedError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                raise _nobody(person) from None
            if error.code == "last_admin":
                raise LocalStackError(
                    f"{person} is the last admin.", "Make somebody else an admin first."
                ) from None
            raise
    if as_json:
        terminal.print_json(user)
    else:
        _print_table([user])


@audit.command
def verify(*, access: Access = ANYWHERE, as_json: AsJson = False) -> int:
    """Walk the hash chain of the audit log; the exit code is 1 where it is broken.

    DATABASE_URL names a database to look at instead, such as one that was restored.

    Args:
        as_json: Print what was found as JSON for scripts.
    """
    found = _verify(access)
    if as_json:
        terminal.print_json(found)
    elif found["valid"]:
        rows = f"{found['rows']} row{'' if found['rows'] == 1 else 's'}"
        terminal.out.print(f"[green]The audit log is as it was written: {rows}.[/]")
    else:
        terminal.out.print(
            f"[red]Row {found['firstBroken']} of the audit log does not fit what stands before it: "
            "it was rewritten, or one before it is gone.[/]"
        )
    return 0 if found["valid"] else 1


def _verify(access: Access) -> dict[str, Any]:
    # No API serves a database that was only just restored.
    if access.is_local and Settings.read(os.environ).database_url:
        with open_store() as store:
            verified = verification_out(verify_audit_logs(store=store))
        return verified.model_dump(mode="json", by_alias=True)
    with access.open() as api:
        found: dict[str, Any] = api.get("/admin/audit-logs/verify")
    return found


def _find(person: str, api: Api) -> str:
    if "@" not in person:
        return person
    for user in api.items("/admin/users", limit=1, email=person):
        return user["id"]
    raise _nobody(person)


def _nobody(person: str) -> LocalStackError:
    return LocalStackError(
        f"There is nobody with the id or the address {person}.",
        "See who there is with `assay users list`.",
    )


def _print_table(people: Sequence[Mapping[str, Any]]) -> None:
    table = Table(box=None)
    for heading in ("since", "role", "e-mail", "name", "id"):
        table.add_column(heading, overflow="fold")
    for user in people:
        table.add_row(
            user["createdAt"][:10],
            user["role"],
            terminal.escape(user["email"]),
            terminal.escape(user["name"]),
            user["id"],
        )
    terminal.out.print(table)
