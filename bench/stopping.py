"""Interrupted benchmarks clean up behind themselves."""

import signal
import sys
from types import FrameType
from typing import Final, NoReturn

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_through_every_finally() -> None:
    """Let a signal end the program as an exit does, so that what was started is stopped."""
    for asked in SIGNALS:
        signal.signal(asked, _stop)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Once is enough: a second signal must not cut the cleaning short."""
    for asked in SIGNALS:
        signal.signal(asked, signal.SIG_IGN)
    sys.exit(128 + number)
