"""A PostgreSQL of the benchmark's own: fresh, on its own socket, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import sqlalchemy as sa

from local_stack.postgres import EmbeddedPostgres

PREFIX: Final = "assay-bench-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    home: Path
    """A directory for as long as the server lives."""
    url: str
    process: psutil.Process

    def database(self, name: str, *, like: str | None = None) -> str:
        """Create a database, a copy of another one if wished, and return its URL.

        Nobody may be connected to the other one meanwhile.
        """
        with administer(self.url) as connection:
            template = f" TEMPLATE {like}" if like else ""
            connection.execute(sa.text(f"CREATE DATABASE {name}{template}"))
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def temporary_server() -> Generator[Server]:
    _clear_leftovers()
    home = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}"
    home.mkdir()
    postgres = _postgres(home)
    try:
        postgres.start()
        pid = int((postgres.data / "postmaster.pid").read_text().split()[0])
        yield Server(home=home, url=postgres.url, process=psutil.Process(pid))
    finally:
        postgres.stop()
        shutil.rmtree(home)


@contextmanager
def administer(url: str) -> Generator[sa.Connection]:
    """Connect without the functions' time limits and without a transaction."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


def _postgres(home: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data=home / "data", log=home / "postgres.log")


def _clear_leftovers() -> None:
    """Of runs that were killed: their directories carry their pid."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = home.name.removeprefix(PREFIX)
        is_ours = pid.isdecimal() and home.stat().st_uid == os.geteuid()
        if is_ours and not _is_alive(int(pid)):
            _postgres(home).stop()
            shutil.rmtree(home)


def _is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and pid != os.getpid()
