"""PostgreSQL for the tests: one server and one migrated database a test process.

The server is the embedded one, or the one that DATABASE_URL names, with a superuser.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_socket
import sqlalchemy as sa

from local_stack.postgres import EmbeddedPostgres
from shared.adapters.postgres.engine import create_engine
from shared.adapters.postgres.migrations import upgrade
from shared.adapters.postgres.store import PostgresStore
from shared.adapters.postgres.tables import metadata
from shared.ports.store import Store
from shared.settings import DatabaseAuth, DatabaseSettings
from tests.fakes.store import FakeStore

DATABASE_URL = os.environ.get("DATABASE_URL")
# As a replica, so that neither foreign keys nor the guards of append-only tables stand in the way;
# on nearly empty tables this takes 3 ms, and TRUNCATE 40.
CLEAN = ";".join(
    ("SET LOCAL session_replication_role = replica", *(f"DELETE FROM {t}" for t in metadata.tables))  # noqa: S608
)

NewDatabase = Callable[[], AbstractContextManager[sa.Engine]]


def an_engine(url: sa.URL) -> sa.Engine:
    return create_engine(
        DatabaseSettings(
            database_url=url.render_as_string(hide_password=False),
            database_auth=DatabaseAuth.NONE,
        )
    )


def _keep_statistics_away(url: str) -> None:
    """Plans are asked for on empty tables: were these analyzed meanwhile, others would come out."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("ALTER SYSTEM SET autovacuum = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))


@pytest.fixture(scope="session")
def server() -> Generator[sa.URL]:
    if DATABASE_URL:
        pytest_socket.enable_socket()
        yield sa.make_url(DATABASE_URL)
        return
    folder = Path(tempfile.mkdtemp(prefix="assay-"))
    postgres = EmbeddedPostgres(data=folder / "data", log=folder / "log")
    try:
        postgres.start()
        _keep_statistics_away(postgres.url)
        yield sa.make_url(postgres.url)
    finally:
        postgres.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_database(server: sa.URL) -> NewDatabase:
    """Make an empty database that lives as long as the `with` block."""

    @contextmanager
    def make() -> Generator[sa.Engine]:
        admin = an_engine(server).execution_options(isolation_level="AUTOCOMMIT")
        name = f"assay_test_{uuid4().hex}"
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine = an_engine(server.set(database=name))
        try:
            yield engine
        finally:
            engine.dispose()
            with admin.connect() as connection:
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
            admin.dispose()

    return make


@pytest.fixture(scope="session")
def migrated(new_database: NewDatabase) -> Generator[sa.Engine]:
    with new_database() as engine:
        upgrade(engine)
        yield engine


@pytest.fixture
def engine(migrated: sa.Engine) -> sa.Engine:
    """An engine on the schema as it is, without a row."""
    if DATABASE_URL:
        pytest_socket.enable_socket()
    with migrated.begin() as connection:
        connection.execute(sa.text(CLEAN))
    return migrated


@pytest.fixture
def postgres_store(engine: sa.Engine) -> PostgresStore:
    return PostgresStore(engine)


@pytest.fixture(params=["fake", pytest.param("postgres", marks=pytest.mark.integration)])
def store(request: pytest.FixtureRequest) -> Store:
    """What every store promises is tested on the fake and on PostgreSQL alike."""
    if request.param == "fake":
        return FakeStore()
    return request.getfixturevalue("postgres_store")
