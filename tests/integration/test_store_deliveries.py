"""Messages for webhooks and their deliveries, on every store."""

from dataclasses import replace
from datetime import datetime, timedelta

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
from shared.ports.webhook_keys import WebhookKeys
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


def untold(
    store: Store, student: str, *, through: int, since: datetime = NOON
) -> tuple[Event, ...]:
    with store.begin() as repositories:
        return repositories.deliveries.untold(UserId(student), through=through, since=since)


def stored_webhook(store: Store, keys: WebhookKeys | None = None) -> Webhook:
    """Store a webhook, with a secret that `keys` can open if they are given."""
    webhook = a_webhook()
    if keys:
        webhook = replace(webhook, secret=keys.seal(b"s" * 32, webhook.id))
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

    def test_what_is_older_than_was_asked_for_is_left_out(self, store: Store) -> None:
        student = an_id()
        event = happened(store, student)

        assert untold(store, student, through=9, since=NOON) == (event,)
        assert untold(store, student, through=9, since=NOON + timedelta(microseconds=1)) == ()

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
            find = repositories.deliveries.attempts
            log = find([delivery.id, DeliveryId(an_id())], newest=3)

        assert log == {delivery.id: attempts}

    def test_of_a_long_log_the_end_is_told(self, store: Store) -> None:
        first, second = lane_of(store, stored_webhook(store), 2)
        logs = {d.id: logged(store, d, *[a_reply(500)] * 3) for d in (first, second)}

        with store.begin() as repositories:
            found = repositories.deliveries.attempts([first.id, second.id], newest=2)

        assert found == {key: log[1:] for key, log in logs.items()}


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
            missed = repositories.deliveries.missed
            assert missed(webhook.id, types=(), since=NOON, limit=9) == ()

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
            assert find(webhook.id, types=(), since=NOON, limit=9) == (missed, newer)
            assert find(webhook.id, types=(), since=NOON, limit=1) == (missed,)

    def test_of_chosen_types_only_those_are_missed(self, store: Store) -> None:
        webhook = stored_webhook(store)
        submitted, completed = EventType.ASSESSMENT_SUBMITTED, EventType.ASSESSMENT_COMPLETED
        unwanted, wanted = a_message(type=submitted), a_message(type=completed)
        told(store, unwanted, wanted)

        with store.begin() as repositories:
            find = repositories.deliveries.missed
            assert find(webhook.id, types=(completed,), since=NOON, limit=1) == (wanted,)


class TestRoom:
    def test_under_way_is_what_holds_a_lease(self, store: Store) -> None:
        webhook, other = stored_webhook(store), stored_webhook(store)
        leases = {webhook: [later(5), later(60), None], other: [later(60)]}
        for owner, times in leases.items():
            for until in times:
                message = a_message()
                stored_delivery(store, a_delivery(message, owner, lease_until=until), message)

        with store.begin() as repositories:
            repositories.deliveries.lock_room(webhook.id)
            counted = [repositories.deliveries.under_way(webhook.id, at=later(s)) for s in (0, 5)]
            none = repositories.deliveries.under_way(webhook.id, at=later(60))

        assert (counted, none) == ([2, 1], 0)

    def test_pending_is_what_is_not_over(self, store: Store) -> None:
        webhook = stored_webhook(store)
        lane_of(store, webhook, 3)
        lane_of(store, stored_webhook(store), 1)
        for status in DeliveryStatus:
            message = a_message()
            stored_delivery(store, a_delivery(message, webhook, status=status), message)

        with store.begin() as repositories:
            assert repositories.deliveries.pending(webhook.id) == 4


class TestLettingGo:
    def test_a_message_goes_with_its_deliveries_and_their_log(self, store: Store) -> None:
        webhooks = [stored_webhook(store) for _ in range(2)]
        old, young = a_message(occurred_at=later(-1)), a_message(occurred_at=NOON)
        told(store, old, young)
        kept = stored_delivery(
            store, a_delivery(young, webhooks[0], status=DeliveryStatus.DELIVERED)
        )
        logged(store, kept, a_reply())
        for webhook in webhooks:
            over = a_delivery(old, webhook, status=DeliveryStatus.FAILED)
            logged(store, stored_delivery(store, over), a_reply(500), a_reply(500))

        with store.begin() as repositories:
            deliveries = repositories.deliveries
            counted = deliveries.count_old(NOON)
            removed = deliveries.remove_old(NOON, limit=9)
            assert deliveries.messages([old.id, young.id]).keys() == {young.id}
            assert deliveries.page_of(webhooks[1].id, limit=9, after=None).items == ()
            assert deliveries.get(kept.id) == kept
            assert deliveries.attempts([kept.id], newest=9).keys() == {kept.id}
            assert not any(deliveries.count_old(NOON).values())

        assert counted == removed
        assert removed == {"webhook_attempts": 4, "webhook_deliveries": 2, "webhook_events": 1}

    def test_the_oldest_go_first_and_no_more_than_asked(self, store: Store) -> None:
        messages = [a_message(occurred_at=later(-n)) for n in (1, 3, 2)]
        told(store, *messages)

        with store.begin() as repositories:
            repositories.deliveries.remove_old(NOON, limit=2)
            left = repositories.deliveries.messages([m.id for m in messages])

        assert left.keys() == {messages[0].id}

    def test_one_that_somebody_still_waits_for_stays_whole(self, store: Store) -> None:
        message = a_message(occurred_at=later(-1))
        over = a_delivery(message, stored_webhook(store), status=DeliveryStatus.DELIVERED)
        stored_delivery(store, over, message)
        stored_delivery(store, a_delivery(message, stored_webhook(store)))

        with store.begin() as repositories:
            removed = repositories.deliveries.remove_old(NOON, limit=9)
            assert repositories.deliveries.count_old(NOON) == removed
            assert repositories.deliveries.get(over.id) == over

        assert not any(removed.values())


def stored_id() -> WebhookId:
    return WebhookId(an_id())
