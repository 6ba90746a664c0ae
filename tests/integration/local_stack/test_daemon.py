import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local_stack import daemon

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "program.json"


@pytest.fixture
def program(tmp_path: Path, record: Path) -> Iterator[psutil.Process]:
    process = daemon.start(
        SLEEP, env=dict(os.environ), cwd=tmp_path, log=tmp_path / "log", record=record
    )
    yield process
    daemon.stop([process])


def test_a_recorded_program_is_found_again(program: psutil.Process, record: Path) -> None:
    assert daemon.recorded(record) == program


def test_a_stopped_program_is_not_found_and_its_record_is_cleared(
    program: psutil.Process, record: Path
) -> None:
    daemon.stop([program])

    assert daemon.recorded(record) is None
    assert not record.exists()


def test_another_program_with_a_recycled_pid_is_not_ours(
    program: psutil.Process, record: Path
) -> None:
    record.write_text(json.dumps({"pid": program.pid, "started": program.create_time() - 3600}))

    assert daemon.recorded(record) is None
    assert program.is_running()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', '{"pid": 0, "started": 0}'])
def test_an_unreadable_record_is_cleared(content: str, record: Path) -> None:
    record.write_text(content)

    assert daemon.recorded(record) is None
    assert not record.exists()


def test_a_program_that_does_not_listen_is_killed() -> None:
    command = [sys.executable, "-c", DEAF]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:  # noqa: S603  our own text
        assert child.stdout is not None
        child.stdout.readline()  # it ignores the signal from here on

        daemon.stop([psutil.Process(child.pid)], grace_seconds=0.2)

        assert child.wait(timeout=5) != 0


def test_programs_are_found_by_their_command(program: psutil.Process) -> None:
    found = daemon.with_command(lambda words: list(words) == SLEEP)

    assert program in found
