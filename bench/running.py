"""How a benchmark runs: interrupted or not, it cleans up behind itself."""

import signal
import sys
from types import FrameType
from typing import Final, NoReturn

from cyclopts import App

from local_stack import terminal
from local_stack.errors import LocalStackError

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(app: App) -> None:
    """Run the command; a signal leaves through every `finally`, a known fault tells its remedy."""
    for asked in SIGNALS:
        signal.signal(asked, _stop)
    try:
        app()
    except LocalStackError as error:
        terminal.complain(error.problem, error.remedy)
        sys.exit(1)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Once is enough: a second signal must not cut the cleaning short."""
    for asked in SIGNALS:
        signal.signal(asked, signal.SIG_IGN)
    sys.exit(128 + number)
