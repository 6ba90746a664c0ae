import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from local_stack.postgres import EmbeddedPostgres

pytestmark = pytest.mark.integration


@pytest.fixture
def postgres() -> Iterator[EmbeddedPostgres]:
    # Not in pytest's folder: that is closed to the server's account as soon as a second session of
    # pytest begins beside this one.
    folder = Path(tempfile.mkdtemp(prefix="assay-"))
    server = EmbeddedPostgres(data=folder / "postgres", log=folder / "logs" / "postgres.log")
    yield server
    server.stop()
    shutil.rmtree(folder)


def tell(postgres: EmbeddedPostgres, statement: str) -> None:
    engine = sa.create_engine(postgres.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


def ask(postgres: EmbeddedPostgres, statement: str) -> object:
    engine = sa.create_engine(postgres.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        return connection.execute(sa.text(statement)).scalar()


def postmaster(postgres: EmbeddedPostgres) -> psutil.Process:
    return psutil.Process(int((postgres.data / "postmaster.pid").read_text().split()[0]))


def test_it_starts_with_pgvector_and_keeps_its_rows(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    tell(postgres, "CREATE EXTENSION vector")
    tell(postgres, "CREATE TABLE kept AS SELECT '[1,2]'::vector AS v")
    postgres.stop()
    assert not postgres.running()

    postgres.start()

    assert ask(postgres, "SELECT v <-> '[1,2]' FROM kept") == 0


def test_starting_twice_is_starting_once(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    first = postmaster(postgres)

    postgres.start()

    assert postmaster(postgres) == first


def test_it_comes_back_after_a_crash(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    tell(postgres, "CREATE TABLE kept AS SELECT 1 AS n")
    postmaster(postgres).kill()

    postgres.start()

    assert ask(postgres, "SELECT n FROM kept") == 1


def test_a_stale_lock_that_names_a_living_stranger_is_no_obstacle(
    postgres: EmbeddedPostgres,
) -> None:
    postgres.start()
    postgres.stop()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        lock = f"{stranger.pid}\n{postgres.data}\n1\n5432\n{postgres.socket_dir}\n\n 0 0\nready\n"
        (postgres.data / "postmaster.pid").write_text(lock)
        assert not postgres.running()

        postgres.start()

        assert ask(postgres, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_whose_files_were_deleted_is_still_stopped(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    server = postmaster(postgres)
    shutil.rmtree(postgres.data)

    postgres.stop()

    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_a_first_start_that_was_cut_off_is_begun_again(postgres: EmbeddedPostgres) -> None:
    (postgres.data / "base").mkdir(parents=True)

    postgres.start()

    assert ask(postgres, "SELECT 1") == 1


def test_a_new_cluster_is_told_from_the_old_one(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    old = postgres.incarnation()
    postgres.stop()
    shutil.rmtree(postgres.data)
    postgres.start()

    assert postgres.incarnation() not in {"", old}


@pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL refuses root, and only root")
def test_under_root_it_runs_as_another_user(postgres: EmbeddedPostgres) -> None:
    postgres.start()

    assert postmaster(postgres).username() == "nobody"
