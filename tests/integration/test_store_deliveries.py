"""Messages for webhooks and their deliveries, on every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId
from shared.domain.webhook import Webhook, WebhookId
from shared.domain.webhook_delivery import (
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryStatus,
    Reply,
)
from shared.domain.webhook_message import Message, message_of, trial_message
from shared.ports.store import Store
from tests.builders import NOON, a_delivery, a_message, a_reply, a_webhook, an_id, later


def happened(store: Store, student: str) -> Event:
    with store.begin() as repositories:
        return repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED,
            UserId(student),
            {"assessmentId": "a"},
            event_id=EventId(an_id()),
            at=NOON,
        )


def told(store: Store, *messages: Message) -> None:
    with store.begin() as repositories:
        for message in messages:
            repositories.deliveries.add_message(message)


def untold(store: Store, student: str, *, through: int) -> tuple[Event, ...]:
    with store.begin() as repositories:
        return repositories.deliveries.untold(UserId(student), through=through)


def stored_webhook(store: Store) -> Webhook:
    webhook = a_webhook()
    with store.begin() as repositories:
        repositories.webhooks.add(webhook)
    return webhook


def stored_delivery(store: Store, delivery: Delivery, message: Message | None = None) -> Delivery:
    with store.begin() as repositories:
        if message:
            repositories.deliveries.add_message(message)
        repositories.deliveries.add([delivery])
    return delivery


def lane_of(store: Store, webhook: Webhook, length: int) -> list[Delivery]:
    """Store that many pending deliveries for one student, the last first."""
    student = an_id()
    messages = [a_message(student_id=student, sequence=n) for n in range(1, length + 1)]
    deliveries = [a_delivery(message, webhook) for message in messages]
    told(store, *messages)
    for delivery in reversed(deliveries):
        stored_delivery(store, delivery)
    return deliveries


def logged(store: Store, delivery: Delivery, *replies: Reply) -> list[Attempt]:
    attempts = [
        Attempt(delivery_id=delivery.id, number=n, at=later(n), reply=reply)
        for n, reply in enumerate(replies, start=1)
    ]
    with store.begin() as repositories:
        for attempt in attempts:
            repositories.deliveries.log(attempt)
    return attempts


class TestMessages:
    def test_what_has_no_message_yet_comes_in_the_students_order(self, store: Store) -> None:
        ada, alan = an_id(), an_id()
        events = [happened(store, ada) for _ in range(3)]
        happened(store, alan)

        assert untold(store, ada, through=2) == tuple(events[:2])

        told(store, message_of(events[0], links={}))
        assert untold(store, ada, through=3) == tuple(events[1:])

    @pytest.mark.parametrize("student", [an_id(), "no-uuid"])
    def test_of_somebody_unknown_there_is_nothing_to_tell(self, store: Store, student: str) -> None:
        assert untold(store, student, through=9) == ()

    def test_messages_come_back_to_the_byte(self, store: Store) -> None:
        message = a_message(body='{"a": "é",  "b":1.50}')
        trial = trial_message(EventId(an_id()), {"a": 1}, at=NOON)
        told(store, message, trial)

        with store.begin() as repositories:
            found = repositories.deliveries.messages(
                [message.id, trial.id, EventId(an_id()), EventId("no-uuid")]
            )

        assert found == {message.id: message, trial.id: trial}


class TestDeliveries:
    def test_a_delivery_comes_back_equal(self, store: Store) -> None:
        message, webhook = a_message(), stored_webhook(store)
        delivery = stored_delivery(
            store, a_delivery(message, webhook, attempts=2, run=1, lease_until=later(5)), message
        )

        with store.begin() as repositories:
            assert repositories.deliveries.get(delivery.id) == delivery
            assert repositories.deliveries.lock(delivery.id) == delivery

    def test_saving_replaces_its_state(self, store: Store) -> None:
        (delivery,) = lane_of(store, stored_webhook(store), 1)
        begun = delivery.start_run().begin_attempt(NOON)
        settled = begun.settle(a_reply(200), later(3), jitter=0)

        with store.begin() as repositories:
            repositories.deliveries.save(settled)

        with store.begin() as repositories:
            assert repositories.deliveries.get(delivery.id) == settled

    @pytest.mark.parametrize("id", [an_id(), "no-uuid", "\0"])
    def test_an_unknown_delivery_is_not_found(self, store: Store, id: str) -> None:
        for ask in ("get", "lock"):
            with pytest.raises(NotFoundError), store.begin() as repositories:
                getattr(repositories.deliveries, ask)(DeliveryId(id))

    def test_adding_none_adds_none(self, store: Store) -> None:
        with store.begin() as repositories:
            repositories.deliveries.add([])

    def test_pages_are_newest_first_and_by_status(self, store: Store) -> None:
        webhook = stored_webhook(store)
        deliveries = [*lane_of(store, webhook, 1), *lane_of(store, webhook, 1)]
        lane_of(store, stored_webhook(store), 1)
        failed = replace(deliveries[0], status=DeliveryStatus.FAILED, finished_at=NOON)

        with store.begin() as repositories:
            repositories.deliveries.save(failed)
            page_of = repositories.deliveries.page_of
            first = page_of(webhook.id, limit=1, after=None)
            second = page_of(webhook.id, limit=1, after=first.next_cursor)
            only = page_of(webhook.id, status=DeliveryStatus.FAILED, limit=9, after=None)
            nothing = page_of(WebhookId("no-uuid"), limit=9, after=None)

        assert first.items + second.items == (deliveries[1], failed)
        assert (first.next_cursor, second.next_cursor) == (deliveries[1].id, None)
        assert only.items == (failed,)
        assert nothing.items == ()

    def test_a_cursor_that_no_page_gave_is_refused(self, store: Store) -> None:
        webhook = stored_webhook(store)
        with pytest.raises(InvalidInputError), store.begin() as repositories:
            repositories.deliveries.page_of(webhook.id, limit=2, after=DeliveryId("no-uuid"))


class TestTurns:
    def test_the_head_of_a_lane_is_its_lowest_pending_sequence(self, store: Store) -> None:
        webhook = stored_webhook(store)
        first, second = lane_of(store, webhook, 2)
        lane_of(store, webhook, 1)

        with store.begin() as repositories:
            repositories.deliveries.lock_lane(first.lane)
            assert repositories.deliveries.head(webhook.id, first.lane) == first
            done = replace(first, status=DeliveryStatus.DELIVERED, finished_at=NOON)
            repositories.deliveries.save(done)
            assert repositories.deliveries.head(webhook.id, first.lane) == second
            assert repositories.deliveries.head(webhook.id, an_id()) is None

    def test_lanes_of_other_webhooks_do_not_matter(self, store: Store) -> None:
        message, webhook, other = a_message(), stored_webhook(store), stored_webhook(store)
        stored_delivery(store, a_delivery(message, webhook), message)
        mine = stored_delivery(store, a_delivery(message, other))

        with store.begin() as repositories:
            assert repositories.deliveries.head(other.id, message.lane) == mine

    def test_overdue_is_what_is_due_whose_turn_it_is_and_nobody_holds(self, store: Store) -> None:
        webhook = stored_webhook(store)
        first, behind = lane_of(store, webhook, 2)
        (held,), (released,), (waiting,) = (lane_of(store, webhook, 1) for _ in range(3))

        with store.begin() as repositories:
            save = repositories.deliveries.save
            save(replace(held, lease_until=later(61)))
            save(replace(released, lease_until=later(59)))
            save(replace(waiting, due_at=later(60)))
            overdue = repositories.deliveries.overdue(later(60), limit=9)
            assert repositories.deliveries.overdue(later(60), limit=1) == (first.id,)

        assert overdue == (first.id, released.id)
        assert behind.id not in overdue

    def test_discarding_ends_what_was_pending_and_nothing_else(self, store: Store) -> None:
        webhook, other = stored_webhook(store), stored_webhook(store)
        first, second = lane_of(store, webhook, 2)
        (foreign,) = lane_of(store, other, 1)
        delivered = replace(first, status=DeliveryStatus.DELIVERED, finished_at=NOON)

        with store.begin() as repositories:
            repositories.deliveries.save(delivered)
            assert repositories.deliveries.discard_pending(webhook.id, at=later(9)) == 1

        with store.begin() as repositories:
            discarded = repositories.deliveries.get(second.id)
            assert (discarded.status, discarded.finished_at) == ("discarded", later(9))
            assert repositories.deliveries.get(first.id) == delivered
            assert repositories.deliveries.get(foreign.id).is_pending


class TestLog:
    def test_attempts_come_back_in_order(self, store: Store) -> None:
        (delivery,) = lane_of(store, stored_webhook(store), 1)
        attempts = logged(store, delivery, a_reply(None, error="timeout"), a_reply(503), a_reply())

        with store.begin() as repositories:
            log = repositories.deliveries.attempts([delivery.id, DeliveryId(an_id())])

        assert log == {delivery.id: attempts}


class TestRecovery:
    def test_what_failed_or_was_discarded_since_is_found_oldest_first(self, store: Store) -> None:
        webhook = stored_webhook(store)
        messages = [a_message(occurred_at=later(-n)) for n in range(5)]
        ends = ["failed", "discarded", "delivered", "failed", "failed"]
        deliveries = [
            stored_delivery(store, a_delivery(m, webhook, status=DeliveryStatus(end)), m)
            for m, end in zip(messages, ends, strict=True)
        ]

        with store.begin() as repositories:
            find = repositories.deliveries.unarrived
            found = find(webhook.id, since=later(-3), limit=9)
            assert find(webhook.id, since=later(-3), limit=1) == found[:1]
            assert find(stored_id(), since=later(-3), limit=9) == ()

        assert found == (deliveries[3], deliveries[1], deliveries[0])

    def test_a_failed_test_is_not_worth_recovering(self, store: Store) -> None:
        webhook = stored_webhook(store)
        trial = trial_message(EventId(an_id()), {}, at=NOON)
        failed = a_delivery(trial, webhook, status=DeliveryStatus.FAILED)
        stored_delivery(store, failed, trial)
        told(store, trial_message(EventId(an_id()), {}, at=NOON))

        with store.begin() as repositories:
            assert repositories.deliveries.unarrived(webhook.id, since=NOON, limit=9) == ()
            assert repositories.deliveries.missed(webhook.id, since=NOON, limit=9) == ()

    def test_what_was_never_sent_to_it_since_is_missed(self, store: Store) -> None:
        webhook, other = stored_webhook(store), stored_webhook(store)
        old, sent, missed, newer = (
            a_message(occurred_at=NOON + timedelta(seconds=s)) for s in (-1, 0, 0, 5)
        )
        told(store, newer, missed, sent, old)
        stored_delivery(store, a_delivery(sent, webhook))
        stored_delivery(store, a_delivery(missed, other))

        with store.begin() as repositories:
            find = repositories.deliveries.missed
            assert find(webhook.id, since=NOON, limit=9) == (missed, newer)
            assert find(webhook.id, since=NOON, limit=1) == (missed,)


def stored_id() -> WebhookId:
    return WebhookId(an_id())
