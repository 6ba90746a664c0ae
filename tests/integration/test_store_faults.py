"""A database that is away, slow, or gone in the middle of something."""

import socket
import ssl
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from pg8000.exceptions import InterfaceError

from shared.adapters.postgres import engine as engine_module
from shared.adapters.postgres.connection import PipelinedConnection
from shared.adapters.postgres.engine import create_engine
from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import AssessmentId
from shared.domain.errors import InvalidInputError, StoreUnavailableError
from shared.ports.store import Store
from shared.settings import DatabaseAuth, DatabaseSettings
from tests.builders import a_user
from tests.fakes.store import FakeStore
from tests.integration.stored import stored_assessment, stored_student

pytestmark = pytest.mark.integration

KILL_OTHERS = sa.text("""
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database()
""")


def a_store_at(path: Path) -> PostgresStore:
    url = f"postgresql+pg8000://postgres@/postgres?unix_sock={path}"
    settings = DatabaseSettings(database_url=url, database_auth=DatabaseAuth.NONE)
    return PostgresStore(create_engine(settings))


@pytest.fixture(params=["fake", "postgres"])
def absent(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "fake":
        store = FakeStore()
        store.is_available = False
        return store
    return a_store_at(tmp_path / "nothing")


@pytest.fixture
def other(engine: sa.Engine) -> Generator[sa.Engine]:
    """A second pool on the same database."""
    settings = DatabaseSettings(
        database_url=engine.url.render_as_string(hide_password=False),
        database_auth=DatabaseAuth.NONE,
    )
    other = create_engine(settings)
    yield other
    other.dispose()


def test_a_database_that_cannot_be_reached_is_unavailable(absent: Store) -> None:
    with pytest.raises(StoreUnavailableError):
        absent.ping()
    with pytest.raises(StoreUnavailableError), absent.begin():
        pytest.fail("there is no transaction")


def test_a_server_that_hangs_up_during_the_handshake_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as server, ThreadPoolExecutor(1) as pool:
        server.bind(str(path))
        server.listen()
        pool.submit(_hang_up, server)

        with pytest.raises(StoreUnavailableError):
            a_store_at(path).ping()


def _hang_up(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.close()


def test_a_server_that_does_not_answer_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "CONNECT_SECONDS", 0.05)
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        with pytest.raises(StoreUnavailableError):
            a_store_at(path).ping()


def test_a_connection_that_died_between_transactions_is_replaced_unnoticed(
    postgres_store: PostgresStore, other: sa.Engine
) -> None:
    user = a_user()
    postgres_store.ping()
    with other.begin() as connection:
        connection.execute(KILL_OTHERS)

    with postgres_store.begin() as repositories:
        repositories.users.add(user)

    with postgres_store.begin() as repositories:
        assert repositories.users.get(user.id) == user


def test_a_connection_that_died_within_a_transaction_is_unavailable_and_then_replaced(
    postgres_store: PostgresStore, other: sa.Engine
) -> None:
    user = a_user()
    with pytest.raises(StoreUnavailableError), postgres_store.begin() as repositories:
        repositories.users.add(user)
        with other.begin() as connection:
            connection.execute(KILL_OTHERS)
        repositories.users.get(user.id)

    with postgres_store.begin() as repositories:
        assert repositories.users.find_by_email(user.email) is None


def test_a_connection_that_died_before_the_commit_is_unavailable(
    postgres_store: PostgresStore, other: sa.Engine
) -> None:
    with pytest.raises(StoreUnavailableError), postgres_store.begin() as repositories:
        repositories.users.add(a_user())
        with other.begin() as connection:
            connection.execute(KILL_OTHERS)

    postgres_store.ping()


def test_a_connection_that_rested_for_long_is_asked_before_it_is_used(
    postgres_store: PostgresStore, other: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path that forgot the connection tells neither end, so the socket shows nothing."""
    monkeypatch.setattr(engine_module, "IDLE_SECONDS", -1)
    monkeypatch.setattr(PipelinedConnection, "is_stale", False)
    postgres_store.ping()
    postgres_store.ping()
    with other.begin() as connection:
        connection.execute(KILL_OTHERS)

    with postgres_store.begin() as repositories:
        assert repositories.users.find_by_email("nobody@example.org") is None


def test_an_error_of_the_use_case_is_not_taken_for_the_databases(
    postgres_store: PostgresStore,
) -> None:
    with pytest.raises(ConnectionError), postgres_store.begin():
        raise ConnectionError


def test_a_deadlock_is_unavailable_for_one_of_the_two(postgres_store: PostgresStore) -> None:
    first, _ = stored_assessment(postgres_store)
    second, _ = stored_assessment(postgres_store)
    barrier = Barrier(2)

    def lock_both(*ids: AssessmentId) -> str:
        with postgres_store.begin() as repositories:
            repositories.assessments.lock(ids[0])
            barrier.wait(timeout=5)
            return repositories.assessments.lock(ids[1]).id

    with ThreadPoolExecutor(2) as pool:
        crossed = [
            pool.submit(lock_both, first.id, second.id),
            pool.submit(lock_both, second.id, first.id),
        ]
        errors = [future.exception(timeout=10) for future in crossed]

    assert [type(error) for error in errors if error] == [StoreUnavailableError]


def test_waiting_too_long_for_a_lock_is_unavailable(
    postgres_store: PostgresStore, other: sa.Engine
) -> None:
    student = stored_student(postgres_store)

    with other.begin() as connection:
        connection.execute(sa.text("LOCK TABLE users"))
        with pytest.raises(StoreUnavailableError), postgres_store.begin() as repositories:
            _set_timeout(repositories.users, "50ms")
            repositories.users.get(student)


def _set_timeout(repository: object, timeout: str) -> None:
    connection: sa.Connection = repository._connection  # type: ignore[attr-defined]
    connection.execute(sa.text(f"SET LOCAL statement_timeout = '{timeout}'"))


def test_statements_and_times_are_set_up_for_the_session(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        shown = [
            connection.scalar(sa.text(f"SHOW {name}"))
            for name in ("statement_timeout", "timezone", "application_name")
        ]
    assert shown == ["10s", "UTC", "assay"]


@pytest.mark.parametrize("text", ["\ud800", "\0"])
def test_unstorable_text_does_not_disturb_the_connection(
    postgres_store: PostgresStore, text: str
) -> None:
    """pg8000 alone would read the answer to the failed statement as that of the next one."""
    user = a_user()
    with postgres_store.begin() as repositories:
        repositories.users.add(user)

    with pytest.raises(InvalidInputError), postgres_store.begin() as repositories:
        repositories.users.add(a_user(name=text))

    with postgres_store.begin() as repositories:
        assert repositories.users.get(user.id) == user
        assert repositories.users.find_by_email("nobody@example.org") is None


def test_iam_connects_with_a_fresh_token_over_verified_tls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected: list[dict[str, Any]] = []

    def connect(**params: object) -> None:
        connected.append(params)
        raise InterfaceError("far enough")

    monkeypatch.setattr(engine_module, "PipelinedConnection", connect)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    url = "postgresql+pg8000://assay@proxy.example.com:5432/assay"
    settings = DatabaseSettings(database_url=url, database_auth=DatabaseAuth.IAM)

    with pytest.raises(StoreUnavailableError):
        PostgresStore(create_engine(settings)).ping()

    (params,) = connected
    assert params["host"] == "proxy.example.com"
    assert params["password"].startswith("proxy.example.com:5432/?Action=connect&DBUser=assay&")
    assert "X-Amz-Signature=" in params["password"]
    assert params["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert params["ssl_context"].check_hostname
    assert "startup_params" not in params
