"""Schema migrations as a port."""

import sqlalchemy as sa

from shared.adapters.postgres.errors import translated
from shared.adapters.postgres.migrations import upgrade


class PostgresMigrator:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def upgrade(self) -> str:
        with translated():
            upgrade(self._engine)
            with self._engine.connect() as connection:
                return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
