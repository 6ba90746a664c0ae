from datetime import timedelta
from itertools import pairwise

import pytest

from shared.domain.webhook_delivery import (
    AT_ONCE,
    WAITS,
    DeliveryStatus,
    scheduled_wait,
    seconds_until,
    wait_for_room,
)
from tests.builders import NOON, a_delivery, a_reply, later

DAY = 24 * 60 * 60


def due_in(
    status: int | None, *, attempts: int = 1, retry_after: str | None = None, scale: float = 1
) -> float:
    """Seconds until the next attempt after this reply, with the jitter in the middle."""
    reply = a_reply(status, retry_after=retry_after)
    settled = a_delivery(attempts=attempts).settle(reply, NOON, jitter=0.5, scale=scale)
    assert settled.status is DeliveryStatus.PENDING
    return (settled.due_at - NOON).total_seconds()


def test_the_schedule_has_ten_attempts_over_three_days() -> None:
    assert [wait.total_seconds() for wait in WAITS] == [
        0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400
    ]  # fmt: skip
    assert sum(WAITS, timedelta()) < timedelta(days=5)


@pytest.mark.parametrize("attempt", range(1, 11))
def test_a_wait_is_up_to_a_fifth_shorter_or_longer(attempt: int) -> None:
    wait = WAITS[attempt - 1]

    assert scheduled_wait(attempt, jitter=0) == wait * 0.8
    assert scheduled_wait(attempt, jitter=0.5) == wait
    assert scheduled_wait(attempt, jitter=1) == wait * 1.2


def test_even_jittered_the_waits_grow() -> None:
    shortest = [scheduled_wait(n, jitter=0) for n in range(1, 11)]

    assert all(a < b for a, b in pairwise(shortest))


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_success(status: int) -> None:
    delivered = a_delivery(attempts=1).settle(a_reply(status), later(3), jitter=0)

    assert delivered.status is DeliveryStatus.DELIVERED
    assert delivered.finished_at == later(3)


@pytest.mark.parametrize("status", [None, 100, 199, 301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again(status: int | None) -> None:
    assert due_in(status) == 5
    assert due_in(status, attempts=2) == 300


def test_gone_ends_it_at_once() -> None:
    ended = a_delivery(attempts=1).settle(a_reply(410), NOON, jitter=0)

    assert (ended.status, ended.finished_at) == (DeliveryStatus.FAILED, NOON)


def test_the_tenth_failure_is_the_last() -> None:
    assert due_in(500, attempts=9) == DAY

    ended = a_delivery(attempts=10).settle(a_reply(500), NOON, jitter=0)

    assert (ended.status, ended.finished_at) == (DeliveryStatus.FAILED, NOON)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("1", 5),
        ("0", 5),
        ("Thu, 01 Jan 2026 12:02:00 GMT", 120),
        ("Thu, 01 Jan 2026 12:02:00 -0000", 120),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 5),
        ("999999999", DAY),
        ("9" * 5000, DAY),
        ("Thu, 01 Jan 2099 12:00:00 GMT", DAY),
        ("soon", 5),
        ("-10", 5),
        ("", 5),
        (f"Mon, 01 Jan 2026 12:00:00 +{'9' * 400}", 5),
        (f"Mon, {'9' * 400} Jan 2026 12:00:00 GMT", 5),
    ],
)
def test_a_receiver_may_ask_for_more_patience_and_never_for_less(
    status: int, retry_after: str, seconds: int
) -> None:
    assert due_in(status, retry_after=retry_after) == seconds


@pytest.mark.parametrize("status", [301, 400, 500, 502])
def test_other_answers_have_no_say_in_it(status: int) -> None:
    assert due_in(status, retry_after="120") == 5


def test_a_scale_shortens_the_schedule_but_not_what_was_asked_for() -> None:
    assert due_in(500, attempts=2, scale=0.01) == 3
    assert due_in(503, attempts=2, scale=0.01, retry_after="60") == 60


def test_an_attempt_counts_and_takes_the_lease() -> None:
    begun = a_delivery(attempts=2).begin_attempt(NOON)

    assert (begun.attempts, begun.logged, begun.lease_until) == (3, 3, later(60))
    assert begun.settle(a_reply(500), NOON, jitter=0).lease_until is None


def test_a_resend_begins_another_round_and_goes_on_counting_the_log() -> None:
    failed = a_delivery(status=DeliveryStatus.FAILED, attempts=10, run=2)

    again = failed.resend(later(60))

    assert (again.status, again.attempts, again.logged) == (DeliveryStatus.PENDING, 0, 10)
    assert (again.due_at, again.finished_at, again.run) == (later(60), None, 2)


@pytest.mark.parametrize(
    ("due", "seconds"), [(0, 0), (-5, 0), (0.2, 1), (5, 5), (5.1, 6), (DAY, DAY)]
)
def test_a_wait_is_in_whole_seconds_and_never_too_short(due: float, seconds: int) -> None:
    assert seconds_until(later(due), NOON) == seconds


@pytest.mark.parametrize("pending", [100, 1_000])
def test_however_many_wait_for_room_about_ten_look_each_second(pending: int) -> None:
    """With jitter evenly from 0 to 1 the mean wait is that of the middle."""
    mean = wait_for_room(pending, jitter=0.5).total_seconds()

    assert pending / mean == AT_ONCE


@pytest.mark.parametrize(("pending", "jitter", "seconds"), [(11, 0, 1), (10**6, 1, 300)])
def test_who_waits_for_room_looks_neither_all_the_time_nor_hardly_ever(
    pending: int, jitter: float, seconds: float
) -> None:
    assert wait_for_room(pending, jitter=jitter) == timedelta(seconds=seconds)


def test_making_room_for_others_is_no_attempt() -> None:
    delivery = a_delivery(attempts=3, lease_until=NOON)

    postponed = delivery.postpone(later(9))

    assert (postponed.due_at, postponed.attempts) == (later(9), 3)
    assert postponed.lease_until is None
    assert postponed.is_pending
