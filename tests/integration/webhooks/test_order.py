"""Who queues and who ends a delivery at the same time: on a real server, in threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier, Event
from typing import TypeVar

import pytest

from shared.adapters.derived_webhook_keys import DerivedWebhookKeys
from shared.adapters.postgres.store import PostgresStore
from shared.domain.event import Event as Happened
from shared.domain.event import EventId, EventType
from shared.domain.user import UserId
from shared.domain.webhook import WebhookPolicy
from shared.domain.webhook_delivery import DeliveryId, DeliveryStatus
from shared.usecases.fan_out_event import fan_out_event
from shared.usecases.send_delivery import send_delivery
from shared.usecases.start_deliveries import start_deliveries
from tests.builders import NOON, a_delivery, a_message, a_reply, an_id, later
from tests.fakes.clock import FakeClock
from tests.fakes.delivery_runs import FakeDeliveryRuns
from tests.fakes.ids import FakeIds
from tests.fakes.metrics import FakeMetrics
from tests.fakes.resolver import FakeResolver
from tests.fakes.webhook_sender import FakeWebhookSender
from tests.fakes.wiring import WEBHOOK_SEED
from tests.integration.test_store_deliveries import stored_delivery, stored_webhook

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


def happen(store: PostgresStore, student: UserId) -> Happened:
    with store.begin() as repositories:
        return repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED, student, {}, event_id=EventId(an_id()), at=NOON
        )


def fan_out(store: PostgresStore, event: Happened) -> tuple[DeliveryId, ...]:
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


def test_those_that_begin_at_once_leave_each_other_room(
    postgres_store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each counts what is under way after the one before it has begun: never one too many."""
    monkeypatch.setattr("shared.usecases.send_delivery.AT_ONCE", 2)
    students = [UserId(an_id()) for _ in range(6)]
    keys = DerivedWebhookKeys([WEBHOOK_SEED])
    stored_webhook(postgres_store, keys)
    heads = [fan_out(postgres_store, happen(postgres_store, s))[0] for s in students]
    start_deliveries(heads, store=postgres_store, runs=FakeDeliveryRuns())
    sender, all_looked = FakeWebhookSender(), Event()
    sender.meanwhile = lambda: ensure(all_looked.wait(timeout=10))
    waiting: list[DeliveryId] = []

    def send(delivery_id: DeliveryId) -> bool:
        progress = send_delivery(
            delivery_id,
            1,
            policy=WebhookPolicy(),
            resolver=FakeResolver(),
            keys=keys,
            sender=sender,
            store=postgres_store,
            clock=FakeClock(),
            metrics=FakeMetrics(),
            jitter=lambda: 0.5,
        )
        if not progress.is_over:
            waiting.append(delivery_id)
            if len(waiting) == 4:
                all_looked.set()
        return progress.is_over

    over = together(*(lambda head=head: send(head) for head in heads))

    assert sum(over) == len(sender.posted) == 2


def test_what_is_sent_again_while_it_is_about_to_be_removed_stays(
    postgres_store: PostgresStore,
) -> None:
    message = a_message(occurred_at=later(-1))
    delivery = a_delivery(message, stored_webhook(postgres_store), status=DeliveryStatus.DELIVERED)
    stored_delivery(postgres_store, delivery, message)

    def remove() -> int:
        with postgres_store.begin() as repositories:
            return repositories.deliveries.remove_old(NOON, limit=9)["webhook_events"]

    with ThreadPoolExecutor(1) as pool:
        with postgres_store.begin() as repositories:
            again = repositories.deliveries.lock(delivery.id).resend(NOON)
            repositories.deliveries.save(again)
            removed = pool.submit(remove)
            wait([removed], timeout=0.5)  # it has chosen by now, and waits for the lock
        assert removed.result(timeout=10) == 0

    with postgres_store.begin() as repositories:
        assert repositories.deliveries.get(delivery.id) == again


def ensure(fact: bool) -> None:  # noqa: FBT001
    assert fact
