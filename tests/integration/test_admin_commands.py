"""`assay audit verify` on a database that DATABASE_URL names, as after a restore."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from local_stack import cli
from shared.adapters.postgres.store import PostgresStore
from shared.adapters.system import SystemClock
from shared.domain.user import Role
from shared.usecases.set_user_role import set_user_role
from tests.builders import a_user
from tests.integration.conftest import CLEAN

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def store(
    engine: sa.Engine,
    postgres_store: PostgresStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> PostgresStore:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    return postgres_store


def run(*words: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    return ended.value.code


def audited(store: PostgresStore, *roles: Role) -> None:
    """Give somebody these roles, one after the other: a row for each."""
    user = a_user(role=Role.STUDENT)
    with store.begin() as repositories:
        repositories.users.add(user)
    for role in roles:
        set_user_role(user.id, role, caller=None, store=store, clock=SystemClock())


def test_an_audit_log_as_it_was_written_is_success(
    store: PostgresStore, capsys: pytest.CaptureFixture[str]
) -> None:
    audited(store, Role.ADVISOR)

    assert run("audit", "verify") in {0, None}
    assert capsys.readouterr().out == "The audit log is as it was written: 1 row.\n"
    assert run("audit", "verify", "--json") in {0, None}
    assert json.loads(capsys.readouterr().out) == {"valid": True, "rows": 1}


def test_one_that_was_rewritten_is_not(
    store: PostgresStore, engine: sa.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    audited(store, Role.ADVISOR, Role.STUDENT)
    unguarded = CLEAN.partition(";")[0]
    with engine.begin() as connection:
        connection.execute(
            sa.text(f"{unguarded}; UPDATE audit_logs SET action = 'x' WHERE number = 2")  # noqa: S608
        )

    assert run("audit", "verify") == 1
    assert "Row 2 of the audit log does not fit" in capsys.readouterr().out
    assert run("audit", "verify", "--json") == 1
    assert json.loads(capsys.readouterr().out) == {"valid": False, "firstBroken": 2}


def test_a_database_that_does_not_answer_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+pg8000://postgres@/x?unix_sock=/nowhere/s")

    assert run("audit", "verify") == 1
    assert "The database does not answer. Start it with `make up`" in capsys.readouterr().err
