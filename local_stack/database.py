"""The stack's database, for commands that need nothing else of it."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from local_stack.errors import LocalStackError
from local_stack.outputs import Outputs
from local_stack.settings import Settings
from shared.adapters.postgres.engine import create_engine
from shared.adapters.postgres.store import PostgresStore
from shared.domain.errors import StoreUnavailableError
from shared.settings import DatabaseAuth, DatabaseSettings


@contextmanager
def open_store() -> Generator[PostgresStore]:
    """Open the database that DATABASE_URL names, or else the stack's."""
    settings = Settings.read(os.environ)
    url = settings.database_url or Outputs.read(settings.outputs).database_url
    engine = create_engine(DatabaseSettings(database_url=url, database_auth=DatabaseAuth.NONE))
    try:
        yield PostgresStore(engine)
    except StoreUnavailableError:
        raise LocalStackError(
            "The database does not answer.", "Start it with `make up`, or name one in DATABASE_URL."
        ) from None
    finally:
        engine.dispose()
