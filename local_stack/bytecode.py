"""Compile an asset for Lambda's Python, which is seldom the Python of this machine.

Without bytecode a cold start compiles every module that it imports, and cannot keep the result.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

from local_stack.errors import LocalStackError

SCRIPT: Final = Path(__file__).with_name("compile_bytecode.mjs")


def compile_for_lambda(folder: Path, *, python: str) -> None:
    """Write bytecode of Python `python`, such as "3.13", beside every source in `folder`."""
    node = Path(sys.executable).with_name("node")
    run = subprocess.run(  # noqa: S603  our own script, no shell
        [node, SCRIPT, folder, python], capture_output=True, text=True, check=False
    )
    if run.returncode:
        lines = run.stderr.strip().splitlines() or ["no message"]
        raise LocalStackError(
            f"Bytecode for Python {python} could not be compiled: {lines[-1]}",
            "Install the Node packages again: make clean, then repeat the command.",
        )
