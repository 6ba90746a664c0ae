"""`assay users` and `assay audit`: what admins do over HTTP, for the person at the terminal."""

import json
from collections.abc import Sequence
from typing import Annotated, Final

from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.table import Table

from local_stack import terminal
from local_stack.database import open_store
from local_stack.errors import LocalStackError
from shared.adapters.system import SystemClock
from shared.api.schemas.administration import verification_out
from shared.api.schemas.auth import UserOut
from shared.domain.errors import LastAdminError, NotFoundError
from shared.domain.user import Role, User, UserId, fold_email
from shared.ports.store import Store
from shared.usecases.list_users import list_users
from shared.usecases.set_user_role import set_user_role
from shared.usecases.verify_audit_logs import verify_audit_logs

AsJson = Annotated[bool, Parameter(name="--json", negative="")]

users: Final = App(name="users", help="List people and change their roles.")
audit: Final = App(name="audit", help="Check the audit log.")


@users.command(name="list")
def show_users(
    *,
    role: Role | None = None,
    email: str | None = None,
    limit: Annotated[int, Parameter(validator=Number(gte=1))] = 100,
    as_json: AsJson = False,
) -> None:
    """List people, newest first.

    Args:
        role: Those in this role; all if left out.
        email: The one with exactly this address.
        limit: At most so many.
        as_json: Print a JSON list for scripts.
    """
    with open_store() as store:
        page = list_users(role=role, email=email, limit=limit, after=None, store=store)
    if as_json:
        _print_json([_shown(user) for user in page.items])
        return
    _print_table(page.items)
    if page.next_cursor:
        terminal.err.print(f"There are more than {limit}; see them with --limit.")


@users.command(name="set-role")
def set_role(person: str, role: Role, *, as_json: AsJson = False) -> None:
    """Give a person another role; what they are logged in with ends within a minute.

    Args:
        person: Their id, or their e-mail address.
        role: What they may do from now on.
        as_json: Print the person as JSON for scripts.
    """
    with open_store() as store:
        try:
            user_id = _find(person, store)
            user = set_user_role(user_id, role, caller=None, store=store, clock=SystemClock())
        except NotFoundError:
            raise LocalStackError(
                f"There is nobody with the id or the address {person}.",
                "See who there is with `assay users list`.",
            ) from None
        except LastAdminError:
            raise LocalStackError(
                f"{person} is the last admin.", "Make somebody else an admin first."
            ) from None
    if as_json:
        _print_json(_shown(user))
    else:
        _print_table([user])


@audit.command
def verify(*, as_json: AsJson = False) -> int:
    """Walk the hash chain of the audit log; the exit code is 1 where it is broken.

    Args:
        as_json: Print what was found as JSON for scripts.
    """
    with open_store() as store:
        found = verify_audit_logs(store=store)
    if as_json:
        _print_json(verification_out(found).model_dump(mode="json", by_alias=True))
    elif found.first_broken is None:
        rows = f"{found.rows} row{'' if found.rows == 1 else 's'}"
        terminal.out.print(f"[green]The audit log is as it was written: {rows}.[/]")
    else:
        terminal.out.print(
            f"[red]Row {found.first_broken} of the audit log does not fit what stands before it: "
            "it was rewritten, or one before it is gone.[/]"
        )
    return 0 if found.first_broken is None else 1


def _find(person: str, store: Store) -> UserId:
    if "@" not in person:
        return UserId(person)
    with store.begin() as repositories:
        user = repositories.users.find_by_email(fold_email(person))
    if user is None:
        raise NotFoundError(f"nobody has the address {person}")
    return user.id


def _shown(user: User) -> dict[str, object]:
    """A person as the API shows them."""
    return UserOut.of(user).model_dump(mode="json", by_alias=True)


def _print_table(people: Sequence[User]) -> None:
    table = Table(box=None)
    for heading in ("since", "role", "e-mail", "name", "id"):
        table.add_column(heading, overflow="fold")
    for user in people:
        table.add_row(
            f"{user.created_at:%Y-%m-%d}",
            user.role.value,
            terminal.escape(user.email),
            terminal.escape(user.name),
            user.id,
        )
    terminal.out.print(table)


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))
