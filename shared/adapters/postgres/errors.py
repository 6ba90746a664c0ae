"""What PostgreSQL's errors mean to the domain."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import exc

from shared.adapters.postgres.engine import GONE, detail, sqlstate
from shared.domain.errors import (
    InvalidInputError,
    StoreUnavailableError,
    UnauthenticatedError,
)

AWAY: Final = ("08", "53", "55P03", "57014", "40001", "40P01", *GONE)
"""Prefixes of codes after which another try may work: connection, resources, lock and statement
timeouts, serialization, deadlock, shutdown."""
UNSTORABLE: Final = ("22021", "22P02", "22P05", "54000")
"""Text that PostgreSQL cannot hold: NUL, lone surrogates, keys over an index page."""
NO_SUCH_KEY: Final = "23503"


@contextmanager
def translated() -> Generator[None]:
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreUnavailableError("the database has no connection to spare") from error
    except exc.DBAPIError as error:
        _raise_domain_error(error)
        raise
    except UnicodeEncodeError as error:
        raise InvalidInputError("the text has characters that are not Unicode text") from error


def _raise_domain_error(error: exc.DBAPIError) -> None:
    code = sqlstate(error.orig)
    if error.connection_invalidated or (code or "").startswith(AWAY):
        raise StoreUnavailableError("the database is away; try again in a moment") from error
    has_failed_to_connect = error.statement is None and code is None
    if has_failed_to_connect and isinstance(error, exc.InterfaceError):
        raise StoreUnavailableError("the database cannot be reached") from error
    if code == NO_SUCH_KEY and 'is not present in table "users"' in detail(error.orig):
        # Only who is erased between the look at their session and this statement comes here.
        raise UnauthenticatedError("the account was erased") from error
    if code in UNSTORABLE:
        raise InvalidInputError("the text has characters that cannot be stored") from error
