import fcntl
from pathlib import Path

import pytest

from local_stack.errors import LocalStackError
from local_stack.settings import Settings
from local_stack.stack import Stack
from local_stack.terminal import step


def a_stack(root: Path, **environ: str) -> Stack:
    return Stack(settings=Settings.read(environ, root=root))


def test_two_commands_do_not_start_the_same_stack_at_once(tmp_path: Path) -> None:
    stack = a_stack(tmp_path)
    stack.settings.home.mkdir()
    with (stack.settings.home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(LocalStackError, match="Another command"):
            stack.up(step)


def test_an_engine_without_its_key_starts_nothing(tmp_path: Path) -> None:
    stack = a_stack(tmp_path, ASSAY_ENGINE="openai")

    with pytest.raises(LocalStackError, match="OPENAI_API_KEY"):
        stack.up(step)

    assert not stack.settings.home.exists()


def test_what_was_never_brought_up_does_not_run(tmp_path: Path) -> None:
    assert a_stack(tmp_path).running() is None


def test_a_half_started_stack_does_not_pass_for_a_running_one(tmp_path: Path) -> None:
    stack = a_stack(tmp_path)
    stack.settings.home.mkdir()
    stack.settings.outputs.write_text("{}")
    assert stack.running() is None

    (stack.settings.home / "deployed").write_text("by another version")
    assert stack.running() is None


def test_an_own_database_takes_the_place_of_the_embedded_one(tmp_path: Path) -> None:
    own = "postgresql+pg8000://ada@db/assay"

    assert a_stack(tmp_path, DATABASE_URL=own).database_url == own
    assert a_stack(tmp_path).database_url.endswith(f"{tmp_path}/.local/pg/.s.PGSQL.5432")
