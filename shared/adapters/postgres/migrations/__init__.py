"""Schema migrations, run by Alembic from code: a function has no shell and no alembic.ini."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from shared.adapters.postgres.engine import READ_SECONDS

LOCK: Final = 0x6173736179
"""Two deployments that migrate at once take turns; "assay"."""


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the schema up to the revision, in one transaction; nothing to do is fine."""
    with _prepared(engine) as config:
        command.upgrade(config, revision)


def downgrade(engine: sa.Engine, revision: str = "base") -> None:
    """Take the schema down to the revision, in one transaction; `base` is the empty database."""
    with _prepared(engine) as config:
        command.downgrade(config, revision)


@contextmanager
def _prepared(engine: sa.Engine) -> Generator[Config]:
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        driver.wait_at_most(None)  # building an index takes as long as it takes
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        yield config
        driver.wait_at_most(READ_SECONDS)
