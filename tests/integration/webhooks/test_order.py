"""Who queues and who ends a delivery at the same time: on a real server, in threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest

from shared.adapters.postgres.store import PostgresStore
from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId
from shared.domain.webhook_delivery import DeliveryId
from shared.usecases.fan_out_event import fan_out_event
from shared.usecases.start_deliveries import start_deliveries
from tests.builders import NOON, a_reply, an_id
from tests.fakes.clock import FakeClock
from tests.fakes.delivery_runs import FakeDeliveryRuns
from tests.fakes.ids import FakeIds
from tests.integration.test_store_deliveries import stored_webhook

pytestmark = pytest.mark.integration

T = TypeVar("T")
AT_ONCE = 4


def together(*works: Callable[[], T]) -> list[T]:
    barrier = Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        barrier.wait(timeout=10)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=20) for future in [pool.submit(run, w) for w in works]]


def happen(store: PostgresStore, student: UserId) -> Event:
    with store.begin() as repositories:
        return repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED, student, {}, event_id=EventId(an_id()), at=NOON
        )


def fan_out(store: PostgresStore, event: Event) -> tuple[DeliveryId, ...]:
    return fan_out_event(
        event.student_id,
        event.sequence,
        links=lambda _: {},
        store=store,
        ids=FakeIds(),
        clock=FakeClock(),
    )


def test_events_of_a_student_that_come_at_once_are_queued_once_and_have_one_head(
    postgres_store: PostgresStore,
) -> None:
    webhook = stored_webhook(postgres_store)
    student = UserId(an_id())
    events = [happen(postgres_store, student) for _ in range(AT_ONCE)]

    heads = together(*(lambda event=event: fan_out(postgres_store, event) for event in events))

    with postgres_store.begin() as repositories:
        page = repositories.deliveries.page_of(webhook.id, limit=100, after=None)
        first = repositories.deliveries.head(webhook.id, student)
    assert sorted(d.sequence for d in page.items) == [1, 2, 3, 4]
    assert first is not None
    assert [head for found in heads for head in found] == [first.id]


@pytest.mark.parametrize("round_", range(5))
def test_what_is_queued_while_the_one_before_ends_is_started_by_one_of_the_two(
    postgres_store: PostgresStore, round_: int
) -> None:
    """Whoever holds the lane second sees what the first did: nobody is left behind."""
    assert round_ >= 0
    webhook = stored_webhook(postgres_store)
    student = UserId(an_id())
    (first,) = fan_out(postgres_store, happen(postgres_store, student))
    second = happen(postgres_store, student)

    def end() -> tuple[DeliveryId, ...]:
        with postgres_store.begin() as repositories:
            repositories.deliveries.lock_lane(student)
            delivery = repositories.deliveries.lock(first)
            repositories.deliveries.save(delivery.settle(a_reply(200), NOON, jitter=0))
            head = repositories.deliveries.head(webhook.id, student)
        return (head.id,) if head else ()

    started = together(end, lambda: fan_out(postgres_store, second))

    assert len([delivery for found in started for delivery in found]) == 1


def test_two_who_start_a_delivery_start_two_runs_of_which_the_newer_counts(
    postgres_store: PostgresStore,
) -> None:
    stored_webhook(postgres_store)
    (delivery_id,) = fan_out(postgres_store, happen(postgres_store, UserId(an_id())))
    runs = FakeDeliveryRuns()

    together(*[lambda: start_deliveries([delivery_id], store=postgres_store, runs=runs)] * AT_ONCE)

    assert sorted(run for _, run in runs.started) == [1, 2, 3, 4]
    with postgres_store.begin() as repositories:
        assert repositories.deliveries.get(delivery_id).run == AT_ONCE
