"""Run a command with a stack of its own around it: other port, other files, down at the end.

`python -m local_stack.temporary_stack [NAME=value …] <command> …`: the values configure it, as the
environment does for `assay up`; the command finds it by ASSAY_OUTPUTS.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import takewhile
from types import FrameType
from typing import Final, NoReturn

from local_stack import terminal
from local_stack.emulator import HOST, client_environment
from local_stack.errors import LocalStackError
from local_stack.settings import Settings
from local_stack.stack import Stack

HOME: Final = ".local/e2e"
NOT_OURS: Final = ("ASSAY_ENDPOINT_URL", "DATABASE_URL", "ASSAY_ENGINE", "OPENAI_API_KEY")
"""What would make this stack share something, or cost something."""
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(words: Sequence[str]) -> int:
    given = dict(word.split("=", 1) for word in takewhile(lambda word: "=" in word, words))
    command = words[len(given) :]
    for asked in SIGNALS:
        signal.signal(asked, _stop)
    environ = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environ |= {"ASSAY_HOME": HOME, "ASSAY_PORT": str(_free_port())}
    environ |= given
    stack = Stack(settings=Settings.read(environ))
    try:
        _clear(stack)  # of a run that was killed
        stack.up(terminal.step)
        return _run(command, stack, environ)
    except LocalStackError as error:
        terminal.complain(error.problem, error.remedy)
        return 1
    finally:
        for asked in SIGNALS:
            signal.signal(asked, signal.SIG_IGN)
        stack.down()


def _run(command: Sequence[str], stack: Stack, environ: Mapping[str, str]) -> int:
    return subprocess.run(  # noqa: S603  the command that we were given
        command,
        env={
            **client_environment(stack.settings.emulator_url, environ),
            "ASSAY_OUTPUTS": str(stack.settings.outputs),
        },
        check=False,
    ).returncode


def _clear(stack: Stack) -> None:
    stack.down()
    shutil.rmtree(stack.settings.home)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
