import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

MAKEFILE = """\
good:
\t@echo good ran
bad:
\t@echo bad ran; exit 3
slow:
\t@$(PYTHON) slow.py
never:
\t@echo never ran
"""
SLOW = """\
import pathlib, signal, sys, time

def stop(*_):
    time.sleep(0.5)
    pathlib.Path("cleaned").touch()
    sys.exit(1)

signal.signal(signal.SIGTERM, stop)
pathlib.Path("started").touch()
time.sleep(60)
"""
ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "slow.py").write_text(SLOW)
    return tmp_path


def gate(project: Path, *parts: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603  our own module
        [sys.executable, "-m", "local_stack.gate", *parts],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_every_part_runs_and_is_timed(project: Path) -> None:
    with gate(project, "good", "never") as run:
        out, err = run.communicate(timeout=30)

    assert run.returncode == 0
    assert out == "good ran\nnever ran\n"
    assert "total" in err


def test_the_first_failure_ends_the_run_and_is_named(project: Path) -> None:
    with gate(project, "good", "bad", "never") as run:
        out, err = run.communicate(timeout=30)

    assert run.returncode == 1
    assert "never ran" not in out
    assert "bad failed. Run it alone: make bad" in err


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_part_may_clean_up_and_leaves_nothing(
    project: Path, asked: signal.Signals
) -> None:
    with gate(project, "slow", "never") as run:
        while not (project / "started").exists():
            time.sleep(0.05)
        children = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(asked)
        out, err = run.communicate(timeout=30)

    assert run.returncode == 130
    assert "Interrupted during slow" in err
    assert "never ran" not in out
    assert (project / "cleaned").exists()
    assert not [child for child in children if child.is_running()]
