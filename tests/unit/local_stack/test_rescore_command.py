"""How `assay rescore` waits for a stage in AWS, which works by itself."""

from collections.abc import Iterator

import pytest
from typing_extensions import override

from local_stack import rescore_command
from local_stack.access import Access, TokenHolder
from local_stack.api import Api

AWS = Access(stage="production")


class Progressing(Api):
    """Says of each look how many are pending, the last number again and again."""

    def __init__(self, *pending: int) -> None:
        super().__init__("http://localhost", TokenHolder("t"))
        self._pending = list(pending)
        self.looks = 0

    @override
    def get(self, path: str, **query: object) -> dict[str, dict[str, int]]:
        self.looks += 1
        left = self._pending.pop(0) if len(self._pending) > 1 else self._pending[0]
        return {"counts": {"total": 5, "pending": left}}


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was slept."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


def minutes() -> Iterator[float]:
    yield from (60.0 * minute for minute in range(100))


def test_it_looks_until_all_is_done(seconds: list[float]) -> None:
    api = Progressing(5, 5, 3, 0)

    rescore_command._wait(api, "/admin/rescores/r", AWS)

    assert api.looks == 4
    assert seconds == [rescore_command.LOOK_AGAIN_SECONDS] * 3


@pytest.mark.usefixtures("seconds")
def test_it_gives_up_when_nothing_has_moved_for_minutes() -> None:
    api, clock = Progressing(5, 3), minutes()

    rescore_command._wait(api, "/admin/rescores/r", AWS, clock=lambda: next(clock))

    assert api.looks == 6, "one that moved, and three minutes of looks that did not"
