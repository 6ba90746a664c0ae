"""`assay users` and `assay audit` on a real database: the commands as people run them."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from local_stack import cli
from shared.adapters.postgres.store import PostgresStore
from shared.domain.user import Role, User
from tests.builders import a_session, a_user
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


def stored(store: PostgresStore, role: Role, *, email: str, name: str = "Ada") -> User:
    user = a_user(role=role, email=email, name=name)
    with store.begin() as repositories:
        repositories.users.add(user)
    return user


def test_people_read_a_table(store: PostgresStore, capsys: pytest.CaptureFixture[str]) -> None:
    stored(store, Role.STUDENT, email="s@example.org", name="[bold]")
    stored(store, Role.ADMIN, email="a@example.org")

    assert run("users", "list") in {0, None}

    head, first, *_ = lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["since", "role", "e-mail", "name", "id"]
    assert first.split()[:4] == ["2026-01-01", "admin", "a@example.org", "Ada"]
    assert any("[bold]" in line for line in lines)


def test_scripts_read_what_the_api_shows(
    store: PostgresStore, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(store, Role.STUDENT, email="s@example.org")
    admin = stored(store, Role.ADMIN, email="a@example.org")

    assert run("users", "list", "--role", "admin", "--json") in {0, None}

    assert json.loads(capsys.readouterr().out) == [
        {
            "id": admin.id,
            "email": "a@example.org",
            "name": "Ada",
            "role": "admin",
            "createdAt": "2026-01-01T12:00:00.000Z",
        }
    ]


def test_nobody_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("users", "list", "--email", "x@example.org", "--json") in {0, None}
    assert json.loads(capsys.readouterr().out) == []


def test_a_list_that_was_cut_says_so(
    store: PostgresStore, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(2):
        stored(store, Role.STUDENT, email=f"{number}@example.org")

    assert run("users", "list", "--limit", "1") in {0, None}

    shown = capsys.readouterr()
    assert len([line for line in shown.out.splitlines() if "@example.org" in line]) == 1
    assert "more than 1" in shown.err


@pytest.mark.parametrize("by", ["id", "email"])
def test_a_role_is_changed_by_id_or_address(
    store: PostgresStore, by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    user = stored(store, Role.STUDENT, email="s@example.org")
    session = a_session(user_id=user.id)
    with store.begin() as repositories:
        repositories.sessions.add(session)
    person = user.id if by == "id" else "S@Example.org"

    assert run("users", "set-role", person, "admin", "--json") in {0, None}

    assert json.loads(capsys.readouterr().out)["role"] == "admin"
    with store.begin() as repositories:
        assert repositories.users.get(user.id).role is Role.ADMIN
        assert repositories.sessions.get(session.id).revoked_at is not None


@pytest.mark.parametrize("person", ["x@example.org", "no-uuid"])
def test_an_unknown_person_is_said_in_a_sentence(
    person: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("users", "set-role", person, "admin") == 1
    assert f"nobody with the id or the address {person}" in capsys.readouterr().err


def test_the_last_admin_stays_one(store: PostgresStore, capsys: pytest.CaptureFixture[str]) -> None:
    stored(store, Role.ADMIN, email="a@example.org")

    assert run("users", "set-role", "a@example.org", "student") == 1
    assert "a@example.org is the last admin. Make somebody else" in capsys.readouterr().err


def test_an_audit_log_as_it_was_written_is_success(
    store: PostgresStore, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(store, Role.STUDENT, email="s@example.org")
    run("users", "set-role", "s@example.org", "advisor")
    capsys.readouterr()

    assert run("audit", "verify") in {0, None}
    assert capsys.readouterr().out == "The audit log is as it was written: 1 row.\n"
    assert run("audit", "verify", "--json") in {0, None}
    assert json.loads(capsys.readouterr().out) == {"valid": True, "rows": 1}


def test_one_that_was_rewritten_is_not(
    store: PostgresStore, engine: sa.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(store, Role.STUDENT, email="s@example.org")
    for role in ("advisor", "student"):
        run("users", "set-role", "s@example.org", role)
    unguarded = CLEAN.partition(";")[0]
    with engine.begin() as connection:
        connection.execute(
            sa.text(f"{unguarded}; UPDATE audit_logs SET action = 'x' WHERE number = 2")  # noqa: S608
        )
    capsys.readouterr()

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
