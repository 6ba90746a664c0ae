"""The clock and the ids of the machine."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest

from shared.adapters.system import SystemClock, Uuid7Ids


def test_now_is_aware_and_in_utc() -> None:
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_an_id_is_a_uuid_of_version_7_in_canonical_form() -> None:
    ids = Uuid7Ids()
    for _ in range(100):
        made = ids.new()
        uuid = UUID(made)
        assert str(uuid) == made
        assert (uuid.version, uuid.variant) == (7, RFC_4122)


def test_an_id_tells_the_millisecond_of_its_making() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(Uuid7Ids().new()).int >> 80
    after = time.time_ns() // 1_000_000

    assert before <= made <= after


def test_ids_sort_in_the_order_of_their_making_within_a_millisecond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    ids = Uuid7Ids()

    made = [ids.new() for _ in range(10_000)]

    assert made == sorted(set(made))


def test_ids_sort_in_the_order_of_their_making_when_the_clock_goes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments = iter([1_700_000_000_000, 1_600_000_000_000, 1_700_000_000_001])
    monkeypatch.setattr(time, "time_ns", lambda: next(moments) * 1_000_000)
    ids = Uuid7Ids()

    made = [ids.new() for _ in range(3)]

    assert made == sorted(made)
    assert UUID(made[2]).int >> 80 == 1_700_000_000_001


def test_ids_of_many_threads_are_unique() -> None:
    ids = Uuid7Ids()
    with ThreadPoolExecutor(4) as pool:
        made = [future.result() for future in [pool.submit(ids.new) for _ in range(4_000)]]

    assert len(set(made)) == 4_000


def test_processes_that_start_together_make_different_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)

    assert len({Uuid7Ids().new() for _ in range(100)}) == 100
