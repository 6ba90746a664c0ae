"""Deliveries: queued in each student's order, sent, repeated, recovered."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.domain.errors import (
    DeliveryPendingError,
    InvalidInputError,
    NotFoundError,
    WebhookDisabledError,
)
from shared.domain.event import Event, EventId, EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.metrics import Metric
from shared.domain.user import UserId
from shared.domain.webhook import (
    DisabledReason,
    SealedSecret,
    Webhook,
    WebhookId,
    WebhookPolicy,
)
from shared.domain.webhook_delivery import (
    LEASE,
    Delivery,
    DeliveryId,
    DeliveryStatus,
    Reply,
)
from shared.usecases.fan_out_event import fan_out_event
from shared.usecases.find_overdue_deliveries import OVERDUE_AFTER, find_overdue_deliveries
from shared.usecases.list_deliveries import list_deliveries
from shared.usecases.recover_deliveries import Recovery, recover_deliveries
from shared.usecases.resend_delivery import Resent, resend_delivery
from shared.usecases.send_delivery import Progress, send_delivery
from shared.usecases.send_test_event import AcceptedTest, send_test_event
from shared.usecases.start_deliveries import start_deliveries
from tests.builders import NOON, a_reply, a_webhook, an_id, later
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, a_key, ensure_no_transaction

SECRET = b"s" * 32
OVER = Progress(is_over=True)
UNKNOWN = DeliveryId("019b7a01-0000-7000-8000-00000000dead")


def put(
    world: FakeWiring, *, event_types: tuple[EventType, ...] = (), url: str | None = None
) -> Webhook:
    """Register a webhook with a secret that this test knows."""
    webhook_id = WebhookId(an_id())
    webhook = a_webhook(
        id=webhook_id,
        url=url or "https://lms.example.org/assay",
        event_types=event_types,
        secret=world.webhook_keys.seal(SECRET, webhook_id),
    )
    with world.store.begin() as repositories:
        repositories.webhooks.add(webhook)
    return webhook


def happen(
    world: FakeWiring, student: UserId, type: EventType = EventType.ASSESSMENT_SUBMITTED
) -> Event:
    with world.store.begin() as repositories:
        return repositories.outbox.append(
            type,
            student,
            {"assessmentId": "a"},
            event_id=EventId(world.ids.new()),
            at=world.clock.now(),
        )


def fan_out(world: FakeWiring, event: Event) -> tuple[DeliveryId, ...]:
    return fan_out_event(
        event.student_id,
        event.sequence,
        links=lambda _: {"assessmentUrl": "/api/v1/assessments/a"},
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def start(world: FakeWiring, *delivery_ids: DeliveryId) -> int:
    return start_deliveries(delivery_ids, store=world.store, runs=world.delivery_runs)


def begin(world: FakeWiring, student: UserId | None = None) -> Delivery:
    """Let something happen, and start what comes of it for the one webhook."""
    (delivery_id,) = fan_out(world, happen(world, student or UserId(an_id())))
    start(world, delivery_id)
    return world.store.state.deliveries[delivery_id]


def send(world: FakeWiring, delivery: Delivery, *replies: Reply, run: int = 1) -> Progress:
    world.webhook_sender.replies += replies
    return send_delivery(
        delivery.id,
        run,
        policy=world.webhook_policy,
        resolver=world.resolver,
        keys=world.webhook_keys,
        sender=world.webhook_sender,
        store=world.store,
        clock=world.clock,
        metrics=world.metrics,
        jitter=world.jitter,
    )


def now_of(world: FakeWiring, delivery: Delivery) -> Delivery:
    return world.store.state.deliveries[delivery.id]


def change(world: FakeWiring, webhook: Webhook) -> None:
    with world.store.begin() as repositories:
        repositories.webhooks.save(webhook)


def end(world: FakeWiring, delivery: Delivery, status: DeliveryStatus) -> None:
    with world.store.begin() as repositories:
        repositories.deliveries.save(replace(delivery, status=status, finished_at=NOON))


@pytest.fixture
def student() -> UserId:
    return UserId(an_id())


class TestFanningOut:
    def test_each_webhook_that_wants_it_gets_a_delivery(
        self, world: FakeWiring, student: UserId
    ) -> None:
        every, this = put(world), put(world, event_types=(EventType.ASSESSMENT_SUBMITTED,))
        put(world, event_types=(EventType.USER_ERASED,))
        change(world, put(world).disable(DisabledReason.GONE))
        event = happen(world, student)

        heads = fan_out(world, event)

        deliveries = world.store.state.deliveries
        assert {deliveries[head].webhook_id for head in heads} == {every.id, this.id}
        assert len(deliveries) == 2
        (message,) = world.store.state.messages.values()
        assert json.loads(message.body)["data"] == {
            "studentId": student,
            "assessmentId": "a",
            "assessmentUrl": "/api/v1/assessments/a",
        }

    def test_an_event_that_comes_twice_is_queued_once(
        self, world: FakeWiring, student: UserId
    ) -> None:
        put(world)
        event = happen(world, student)
        fan_out(world, event)

        assert fan_out(world, event) == ()
        assert len(world.store.state.deliveries) == 1

    def test_events_that_come_in_the_wrong_order_are_queued_in_the_right_one(
        self, world: FakeWiring, student: UserId
    ) -> None:
        put(world)
        first, second, third = (happen(world, student) for _ in range(3))

        heads = fan_out(world, second)

        deliveries = list(world.store.state.deliveries.values())
        assert [d.event_id for d in deliveries] == [first.id, second.id]
        assert heads == (deliveries[0].id,)
        assert fan_out(world, first) == ()
        assert fan_out(world, third) == ()
        assert len(world.store.state.deliveries) == 3

    def test_students_do_not_wait_for_each_other(self, world: FakeWiring) -> None:
        put(world)

        heads = [fan_out(world, happen(world, UserId(an_id()))) for _ in range(2)]

        assert all(len(head) == 1 for head in heads)

    def test_what_happened_before_a_webhook_was_registered_is_not_sent_to_it(
        self, world: FakeWiring, student: UserId
    ) -> None:
        happen(world, student)
        world.clock.advance(timedelta(seconds=1))
        webhook = put(world)
        world.store.state.webhooks[webhook.id] = replace(webhook, created_at=world.clock.now())
        second = happen(world, student)

        fan_out(world, second)

        (delivery,) = world.store.state.deliveries.values()
        assert delivery.event_id == second.id

    def test_what_is_older_than_can_be_recovered_is_told_nobody(
        self, world: FakeWiring, student: UserId
    ) -> None:
        """Or it would be told again once its message is removed."""
        put(world)
        old = happen(world, student)
        world.clock.advance(timedelta(days=30, microseconds=1))

        assert fan_out(world, old) == ()
        assert world.store.state.messages == {}

    def test_without_a_webhook_the_message_is_kept_for_one_that_comes(
        self, world: FakeWiring, student: UserId
    ) -> None:
        assert fan_out(world, happen(world, student)) == ()

        assert len(world.store.state.messages) == 1


class TestStarting:
    def test_each_start_is_a_new_run(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)

        assert start(world, delivery.id) == 1
        assert world.delivery_runs.started == [(delivery.id, 1), (delivery.id, 2)]

    def test_what_has_ended_or_is_gone_is_not_started(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        end(world, delivery, DeliveryStatus.FAILED)

        assert start(world, delivery.id, UNKNOWN) == 0

    def test_while_executions_cannot_be_started_nothing_is_lost(self, world: FakeWiring) -> None:
        put(world)
        world.delivery_runs.is_available = False
        delivery = begin(world)
        world.clock.advance(OVERDUE_AFTER + timedelta(microseconds=1))

        overdue = find_overdue_deliveries(store=world.store, clock=world.clock)

        assert overdue == (delivery.id,)

    def test_what_was_due_a_moment_ago_is_left_to_its_execution(self, world: FakeWiring) -> None:
        put(world)
        begin(world)
        world.clock.advance(OVERDUE_AFTER)

        assert find_overdue_deliveries(store=world.store, clock=world.clock) == ()


class TestSending:
    def test_a_success_ends_it(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        world.clock.advance(timedelta(seconds=3))

        assert send(world, delivery, a_reply(204)) == OVER

        delivered = now_of(world, delivery)
        assert (delivered.status, delivered.finished_at) == ("delivered", later(3))
        (counted,) = world.metrics.of(Metric.WEBHOOK_ATTEMPTS)
        assert counted.dimensions == {"outcome": "success"}

    def test_the_receiver_gets_the_message_with_its_three_headers(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)

        send(world, delivery)

        (posted,) = world.webhook_sender.posted
        assert posted.body == world.store.state.messages[delivery.event_id].body
        assert posted.headers.keys() == {"webhook-id", "webhook-timestamp", "webhook-signature"}
        assert posted.headers["webhook-id"] == delivery.event_id
        assert posted.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
        assert posted.to.addresses == ("93.184.215.14",)

    def test_the_webhooks_secret_and_assays_key_sign(self, world: FakeWiring) -> None:
        put(world)

        send(world, begin(world))

        (posted,) = world.webhook_sender.posted
        assert verified_versions(posted.headers, posted.body, world, SECRET) == ["v1", "v1a"]

    def test_after_a_rotation_both_secrets_sign_for_a_day(self, world: FakeWiring) -> None:
        webhook = put(world)
        new = b"n" * 32
        change(world, webhook.rotate(world.webhook_keys.seal(new, webhook.id), NOON))

        send(world, begin(world))
        world.clock.advance(timedelta(days=1))
        send(world, begin(world))

        during, after = world.webhook_sender.posted
        assert verified_versions(during.headers, during.body, world, new) == ["v1", "v1a"]
        assert verified_versions(during.headers, during.body, world, SECRET) == ["v1", "v1a"]
        assert verified_versions(after.headers, after.body, world, new) == ["v1", "v1a"]
        assert verified_versions(after.headers, after.body, world, SECRET) == ["v1a"]

    def test_a_failure_is_tried_again_with_the_same_id_and_a_new_time(
        self, world: FakeWiring
    ) -> None:
        put(world)
        delivery = begin(world)

        assert send(world, delivery, a_reply(500)) == Progress(is_over=False, wait=5)
        world.clock.advance(timedelta(seconds=5))
        assert send(world, delivery, a_reply(200)) == OVER

        first, second = world.webhook_sender.posted
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
        assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
        assert first.body == second.body

    def test_ten_failures_are_all(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        waits = []
        while not (progress := send(world, delivery, a_reply(500))).is_over:
            waits.append(progress.wait)
            world.clock.advance(timedelta(seconds=progress.wait))

        assert waits == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
        assert now_of(world, delivery).status is DeliveryStatus.FAILED
        assert len(world.webhook_sender.posted) == 10

    def test_a_receiver_that_asks_for_patience_gets_it(self, world: FakeWiring) -> None:
        put(world)

        progress = send(world, begin(world), a_reply(429, retry_after="90"))

        assert progress == Progress(is_over=False, wait=90)

    def test_locally_the_schedule_is_short(self, world: FakeWiring) -> None:
        put(world)
        world.webhook_policy = WebhookPolicy(time_scale=0.1)
        delivery = begin(world)
        send(world, delivery, a_reply(500))
        world.clock.advance(timedelta(seconds=1))

        assert send(world, delivery, a_reply(500)).wait == 30

    def test_every_attempt_is_logged(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        timeout = a_reply(None, error="timeout")
        send(world, delivery, timeout)
        world.clock.advance(timedelta(seconds=5))
        send(world, delivery, a_reply(200))

        attempts = world.store.state.attempts[delivery.id]
        assert [(a.number, a.at, a.reply) for a in attempts] == [
            (1, NOON, timeout),
            (2, later(5), a_reply(200)),
        ]

    def test_no_transaction_is_open_while_the_receiver_works(self, world: FakeWiring) -> None:
        put(world)
        world.webhook_sender.meanwhile = lambda: ensure_no_transaction(world.store)

        assert send(world, begin(world)).is_over

    def test_the_address_is_checked_again_and_a_bad_one_is_not_connected_to(
        self, world: FakeWiring
    ) -> None:
        put(world)
        delivery = begin(world)
        world.resolver.addresses = {"lms.example.org": ("169.254.169.254",)}

        progress = send(world, delivery)

        assert progress == Progress(is_over=False, wait=5)
        assert world.webhook_sender.posted == []
        (attempt,) = world.store.state.attempts[delivery.id]
        assert (attempt.reply.status, attempt.reply.error) == (None, "refused_address")

    def test_a_secret_that_nobody_can_open_any_more_is_a_failure_like_others(
        self, world: FakeWiring
    ) -> None:
        webhook = put(world)
        change(world, replace(webhook, secret=SealedSecret("lost.c2VhbGVk")))
        delivery = begin(world)

        assert send(world, delivery) == Progress(is_over=False, wait=5)

        (attempt,) = world.store.state.attempts[delivery.id]
        assert attempt.reply.error == "unreadable_secret"
        assert world.webhook_sender.posted == []


class TestWhoMaySend:
    def test_another_run_waits_for_the_attempt_that_is_under_way(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        seen: list[Progress] = []

        def restart() -> None:
            world.webhook_sender.meanwhile = lambda: None
            start(world, delivery.id)
            seen.append(send(world, delivery, run=2))

        world.webhook_sender.meanwhile = restart

        assert send(world, delivery) == OVER
        assert seen == [Progress(is_over=False, wait=60)]
        assert now_of(world, delivery).status is DeliveryStatus.DELIVERED
        assert len(world.webhook_sender.posted) == 1

    def test_an_earlier_run_ends(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        start(world, delivery.id)

        assert send(world, delivery, run=1) == OVER
        assert world.webhook_sender.posted == []
        send(world, delivery, run=2)
        assert len(world.webhook_sender.posted) == 1

    def test_nothing_is_sent_before_it_is_due(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        send(world, delivery, a_reply(500))
        world.clock.advance(timedelta(seconds=2))

        assert send(world, delivery) == Progress(is_over=False, wait=3)
        assert len(world.webhook_sender.posted) == 1

    def test_an_attempt_whose_function_died_is_waited_for(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)

        def die() -> None:
            raise RuntimeError

        world.webhook_sender.meanwhile = die
        with pytest.raises(RuntimeError):
            send(world, delivery)
        world.webhook_sender.meanwhile = lambda: None

        assert send(world, delivery) == Progress(is_over=False, wait=60)
        world.clock.advance(timedelta(seconds=60))
        assert send(world, delivery) == OVER
        assert now_of(world, delivery).attempts == 2

    def test_what_has_ended_or_is_gone_is_not_sent(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        end(world, delivery, DeliveryStatus.DISCARDED)

        assert send(world, delivery) == OVER
        assert send(world, replace(delivery, id=UNKNOWN)) == OVER
        assert world.webhook_sender.posted == []

    def test_a_delivery_of_a_webhook_disabled_while_it_was_queued_is_discarded(
        self, world: FakeWiring
    ) -> None:
        webhook = put(world)
        delivery = begin(world)
        change(world, webhook.disable(DisabledReason.BY_ADMIN))

        assert send(world, delivery) == OVER
        assert now_of(world, delivery).status is DeliveryStatus.DISCARDED
        assert world.webhook_sender.posted == []

    def test_a_webhook_deleted_meanwhile_is_no_fault(self, world: FakeWiring) -> None:
        webhook = put(world)
        delivery = begin(world)

        def delete() -> None:
            with world.store.begin() as repositories:
                repositories.webhooks.delete(webhook.id)

        world.webhook_sender.meanwhile = delete

        assert send(world, delivery) == OVER
        assert world.store.state.attempts == {}

    def test_one_disabled_meanwhile_keeps_its_delivery_discarded(self, world: FakeWiring) -> None:
        webhook = put(world)
        delivery = begin(world)

        def disable() -> None:
            with world.store.begin() as repositories:
                repositories.webhooks.save(webhook.disable(DisabledReason.BY_ADMIN))
                repositories.deliveries.discard_pending(webhook.id, at=NOON)

        world.webhook_sender.meanwhile = disable

        assert send(world, delivery, a_reply(500)) == OVER
        assert now_of(world, delivery).status is DeliveryStatus.DISCARDED
        assert len(world.store.state.attempts[delivery.id]) == 1


class TestRoom:
    """A webhook is sent ten messages at a time."""

    def test_the_eleventh_waits_and_that_is_no_attempt(self, world: FakeWiring) -> None:
        put(world)
        under_way(world, 10)
        eleventh = begin(world)

        assert send(world, eleventh) == Progress(is_over=False, wait=2)

        waiting = now_of(world, eleventh)
        assert world.webhook_sender.posted == []
        assert (waiting.attempts, waiting.logged, waiting.lease_until) == (0, 0, None)
        assert waiting.due_at > world.clock.now()
        assert world.metrics.of(Metric.WEBHOOK_ATTEMPTS) == []

    def test_it_goes_when_one_of_the_ten_has_ended(self, world: FakeWiring) -> None:
        put(world)
        first, *_ = under_way(world, 10)
        eleventh = begin(world)
        progress = send(world, eleventh)
        with world.store.begin() as repositories:
            repositories.deliveries.save(first.settle(a_reply(), NOON, jitter=0))
        world.clock.advance(timedelta(seconds=progress.wait))

        assert send(world, eleventh) == OVER
        assert now_of(world, eleventh).status is DeliveryStatus.DELIVERED

    def test_an_attempt_whose_function_died_makes_room_after_its_lease(
        self, world: FakeWiring
    ) -> None:
        put(world)
        under_way(world, 10)
        eleventh = begin(world)
        world.clock.advance(LEASE)

        assert send(world, eleventh) == OVER

    def test_webhooks_do_not_wait_for_each_other(self, world: FakeWiring) -> None:
        busy = put(world)
        under_way(world, 10)
        change(world, busy.disable(DisabledReason.BY_ADMIN))
        put(world)

        assert send(world, begin(world)) == OVER

    def test_who_waits_is_not_taken_for_forgotten(self, world: FakeWiring) -> None:
        put(world)
        begun = under_way(world, 10)
        eleventh = begin(world)
        world.clock.advance(timedelta(seconds=50))
        send(world, eleventh)
        for delivery in begun:
            end(world, delivery, DeliveryStatus.DELIVERED)
        world.clock.advance(OVERDUE_AFTER)

        assert find_overdue_deliveries(store=world.store, clock=world.clock) == ()

    def test_locally_the_wait_is_short(self, world: FakeWiring) -> None:
        put(world)
        world.webhook_policy = WebhookPolicy(time_scale=0.1)
        under_way(world, 10)
        eleventh = begin(world)

        send(world, eleventh)

        assert now_of(world, eleventh).due_at < later(1)


class TestOrder:
    def test_a_student_s_next_message_waits_for_the_one_before(
        self, world: FakeWiring, student: UserId
    ) -> None:
        put(world)
        first = begin(world, student)
        assert fan_out(world, happen(world, student)) == ()
        second = next(d for d in world.store.state.deliveries.values() if d.sequence == 2)

        start(world, second.id)
        assert send(world, second) == OVER
        assert world.webhook_sender.posted == []

        assert send(world, first) == Progress(is_over=True, following=second.id)
        start(world, second.id)
        assert send(world, second, run=2) == OVER
        assert [p.headers["webhook-id"] for p in world.webhook_sender.posted] == [
            first.event_id,
            second.event_id,
        ]

    def test_one_that_is_given_up_on_lets_the_next_go(
        self, world: FakeWiring, student: UserId
    ) -> None:
        put(world)
        first = begin(world, student)
        fan_out(world, happen(world, student))
        with world.store.begin() as repositories:
            repositories.deliveries.save(replace(first, attempts=9, run=1))

        progress = send(world, first, a_reply(500))

        assert now_of(world, first).status is DeliveryStatus.FAILED
        assert progress.following is not None


class TestGivingUp:
    def test_gone_disables_the_webhook_with_an_audit_row_and_a_notice(
        self, world: FakeWiring, student: UserId
    ) -> None:
        webhook = put(world)
        delivery = begin(world, student)
        fan_out(world, happen(world, student))

        assert send(world, delivery, a_reply(410)) == OVER

        assert world.store.state.webhooks[webhook.id].disabled is DisabledReason.GONE
        assert sorted(d.status for d in world.store.state.deliveries.values()) == [
            "discarded",
            "failed",
        ]
        (entry,) = world.store.state.audit
        assert (entry.actor, entry.action, entry.subject) == (
            "system",
            "webhook.disabled",
            webhook.id,
        )
        assert entry.details == {"reason": "gone"}
        assert len(world.metrics.of(Metric.WEBHOOKS_DISABLED)) == 1

    def test_so_do_five_days_without_a_success(self, world: FakeWiring) -> None:
        webhook = put(world)
        send(world, begin(world), a_reply(500))
        world.clock.advance(timedelta(days=5) - timedelta(seconds=1))
        send(world, begin(world), a_reply(500))
        assert world.store.state.webhooks[webhook.id].is_enabled

        world.clock.advance(timedelta(seconds=1))
        delivery = begin(world)
        assert send(world, delivery, a_reply(500)) == OVER

        assert world.store.state.webhooks[webhook.id].disabled is DisabledReason.FAILING
        assert world.store.state.audit[-1].details == {"reason": "failing"}
        assert now_of(world, delivery).status is DeliveryStatus.DISCARDED
        assert len(world.metrics.of(Metric.WEBHOOKS_DISABLED)) == 1

    def test_who_disabled_it_before_the_answer_came_is_not_overruled(
        self, world: FakeWiring
    ) -> None:
        """The alarm is for what nobody knows of yet."""
        webhook = put(world)
        delivery = begin(world)
        world.webhook_sender.meanwhile = lambda: change(
            world, webhook.disable(DisabledReason.BY_ADMIN)
        )

        send(world, delivery, a_reply(410))

        assert world.store.state.webhooks[webhook.id].disabled is DisabledReason.BY_ADMIN
        assert world.metrics.of(Metric.WEBHOOKS_DISABLED) == []
        assert world.store.state.audit == []

    @pytest.mark.parametrize("status", [410, 500])
    def test_what_the_address_before_a_move_answers_does_not_count(
        self, world: FakeWiring, status: int
    ) -> None:
        webhook = put(world)
        moved = webhook.move("https://new.example.org/")
        delivery = begin(world)
        world.webhook_sender.meanwhile = lambda: change(world, moved)

        send(world, delivery, a_reply(status))

        assert world.store.state.webhooks[webhook.id] == moved

    def test_a_success_in_between_forgives(self, world: FakeWiring) -> None:
        webhook = put(world)
        send(world, begin(world), a_reply(500))
        send(world, begin(world), a_reply(200))
        world.clock.advance(timedelta(days=5))

        send(world, begin(world), a_reply(500))

        assert world.store.state.webhooks[webhook.id].failing_since == world.clock.now()


def test_a_trial_reaches_one_webhook_only(world: FakeWiring) -> None:
    """Whatever it has subscribed to."""
    webhook = put(world, event_types=(EventType.USER_ERASED,))
    put(world)

    accepted = trial(world, webhook)

    start(world, accepted.delivery.id)
    assert send(world, accepted.delivery) == OVER
    (posted,) = world.webhook_sender.posted
    assert json.loads(posted.body)["type"] == "webhook.test"
    assert json.loads(posted.body)["data"] == {"webhookId": webhook.id}
    assert world.store.state.audit[0].action == "webhook.tested"


def trial(
    world: FakeWiring, webhook: Webhook, *, idempotency: IdempotencyKey | None = None
) -> AcceptedTest:
    return send_test_event(
        webhook.id,
        ADMIN,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def resend(
    world: FakeWiring,
    webhook: Webhook,
    delivery: Delivery,
    *,
    idempotency: IdempotencyKey | None = None,
) -> Resent:
    return resend_delivery(
        webhook.id,
        delivery.id,
        ADMIN,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def recover(
    world: FakeWiring,
    webhook: Webhook,
    since: datetime = NOON,
    *,
    idempotency: IdempotencyKey | None = None,
) -> Recovery:
    return recover_deliveries(
        webhook.id,
        since,
        ADMIN,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


class TestTrying:
    def test_the_same_request_again_sends_no_second(self, world: FakeWiring) -> None:
        webhook = put(world)
        first = trial(world, webhook, idempotency=a_key())

        again = trial(world, webhook, idempotency=a_key())

        assert (again.is_replay, again.delivery.id) == (True, first.delivery.id)
        assert len(world.store.state.deliveries) == len(world.store.state.audit) == 1

    def test_a_disabled_webhook_is_told_nothing(self, world: FakeWiring) -> None:
        webhook = put(world)
        change(world, webhook.disable(DisabledReason.GONE))

        with pytest.raises(WebhookDisabledError, match="enable"):
            trial(world, webhook)


class TestResending:
    def test_it_is_sent_again_with_ten_more_attempts_and_the_same_id(
        self, world: FakeWiring
    ) -> None:
        webhook = put(world)
        delivery = begin(world)
        send(world, delivery)
        world.clock.advance(timedelta(hours=1))

        resent = resend(world, webhook, now_of(world, delivery))

        assert (resent.is_turn, resent.delivery.attempts) == (True, 0)
        start(world, delivery.id)
        assert send(world, delivery, run=2) == OVER
        first, second = world.webhook_sender.posted
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert [a.number for a in world.store.state.attempts[delivery.id]] == [1, 2]
        assert world.store.state.audit[0].action == "webhook.delivery_resent"

    def test_what_is_on_its_way_is_not_sent_again(self, world: FakeWiring) -> None:
        webhook = put(world)
        delivery = begin(world)

        with pytest.raises(DeliveryPendingError):
            resend(world, webhook, delivery)

    def test_it_waits_for_what_the_student_s_order_puts_before_it(
        self, world: FakeWiring, student: UserId
    ) -> None:
        webhook = put(world)
        begin(world, student)
        fan_out(world, happen(world, student))
        second = next(d for d in world.store.state.deliveries.values() if d.sequence == 2)
        end(world, second, DeliveryStatus.FAILED)

        assert not resend(world, webhook, second).is_turn

    def test_the_same_request_again_resends_once(self, world: FakeWiring) -> None:
        webhook = put(world)
        delivery = begin(world)
        send(world, delivery)
        resend(world, webhook, delivery, idempotency=a_key())

        again = resend(world, webhook, delivery, idempotency=a_key())

        assert (again.is_replay, again.is_turn) == (True, False)
        assert len(world.store.state.audit) == 1

    def test_a_delivery_of_another_webhook_does_not_exist(self, world: FakeWiring) -> None:
        put(world)
        delivery = begin(world)
        other = put(world)

        with pytest.raises(NotFoundError):
            resend(world, other, delivery)

    def test_a_disabled_webhook_is_told_nothing(self, world: FakeWiring) -> None:
        webhook = put(world)
        delivery = begin(world)
        send(world, delivery, a_reply(410))

        with pytest.raises(WebhookDisabledError):
            resend(world, webhook, delivery)


class TestRecovering:
    def test_what_failed_or_was_never_sent_is_queued_in_order(
        self, world: FakeWiring, student: UserId
    ) -> None:
        webhook = put(world)
        failed, delivered = begin(world, student), begin(world)
        end(world, failed, DeliveryStatus.FAILED)
        send(world, delivered)
        change(world, webhook.disable(DisabledReason.BY_ADMIN))
        missed = happen(world, student)
        fan_out(world, missed)
        change(world, webhook)

        recovery = recover(world, webhook)

        assert (recovery.count, recovery.has_more) == (2, False)
        assert recovery.heads == (failed.id,)
        pending = [d for d in world.store.state.deliveries.values() if d.is_pending]
        assert [d.event_id for d in pending] == [failed.event_id, missed.id]
        assert world.store.state.audit[-1].action == "webhook.recovered"
        assert world.store.state.audit[-1].details["deliveries"] == 2

    def test_what_it_does_not_want_is_not_missed(self, world: FakeWiring, student: UserId) -> None:
        fan_out(world, happen(world, student))
        webhook = put(world, event_types=(EventType.USER_ERASED,))

        assert recover(world, webhook).count == 0

    def test_what_it_does_not_want_does_not_hide_what_it_does(
        self, world: FakeWiring, student: UserId, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shared.usecases.recover_deliveries.AT_ONCE", 1)
        for _ in range(3):
            fan_out(world, happen(world, student))
        fan_out(world, happen(world, student, EventType.ASSESSMENT_COMPLETED))

        recovery = recover(world, put(world, event_types=(EventType.ASSESSMENT_COMPLETED,)))

        assert (recovery.count, recovery.has_more) == (1, False)

    def test_a_cut_does_not_put_what_is_later_first(
        self, world: FakeWiring, student: UserId, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shared.usecases.recover_deliveries.AT_ONCE", 1)
        webhook = put(world)
        change(world, webhook.disable(DisabledReason.BY_ADMIN))
        missed = happen(world, student)
        fan_out(world, missed)
        change(world, webhook)
        end(world, begin(world, student), DeliveryStatus.FAILED)

        recovery = recover(world, webhook)

        assert recovery.has_more
        (queued,) = [d for d in world.store.state.deliveries.values() if d.is_pending]
        assert queued.event_id == missed.id

    def test_what_happened_before_is_left_alone(self, world: FakeWiring, student: UserId) -> None:
        fan_out(world, happen(world, student))

        assert recover(world, put(world), later(1)).count == 0

    def test_a_webhook_that_is_new_may_ask_for_what_it_missed(
        self, world: FakeWiring, student: UserId
    ) -> None:
        fan_out(world, happen(world, student))
        fan_out(world, happen(world, student))

        recovery = recover(world, put(world))

        assert (recovery.count, len(recovery.heads)) == (2, 1)

    def test_more_than_one_request_queues_is_said(
        self, world: FakeWiring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shared.usecases.recover_deliveries.AT_ONCE", 3)
        webhook = put(world)
        for _ in range(2):
            end(world, begin(world), DeliveryStatus.FAILED)
            fan_out_without(world, webhook)

        first = recover(world, webhook)
        second = recover(world, webhook)

        assert (first.count, first.has_more, len(first.heads)) == (3, True, 3)
        assert (second.count, second.has_more) == (1, False)

    def test_the_same_request_again_gets_the_first_answer_and_queues_nothing(
        self, world: FakeWiring, student: UserId
    ) -> None:
        fan_out(world, happen(world, student))
        webhook = put(world)
        recover(world, webhook, idempotency=a_key())

        again = recover(world, webhook, idempotency=a_key())

        assert again == Recovery(count=1, has_more=False, heads=(), is_replay=True)
        assert len(world.store.state.audit) == 1

    def test_it_goes_back_thirty_days_and_no_further(self, world: FakeWiring) -> None:
        webhook = put(world)
        recover(world, webhook, NOON - timedelta(days=30))

        with pytest.raises(InvalidInputError, match="30 days") as refused:
            recover(world, webhook, NOON - timedelta(days=30, microseconds=1))
        assert refused.value.pointer == "/since"

    def test_a_disabled_webhook_is_told_nothing(self, world: FakeWiring) -> None:
        webhook = put(world)
        change(world, webhook.disable(DisabledReason.GONE))

        with pytest.raises(WebhookDisabledError):
            recover(world, webhook)


class TestListing:
    def test_each_delivery_comes_with_its_message_and_its_log(self, world: FakeWiring) -> None:
        webhook = put(world)
        delivery = begin(world)
        send(world, delivery, a_reply(500))

        log = list_deliveries(webhook.id, status=None, limit=20, after=None, store=world.store)

        assert [d.id for d in log.deliveries] == [delivery.id]
        assert log.messages.keys() == {delivery.event_id}
        assert [a.number for a in log.attempts[delivery.id]] == [1]

    def test_a_webhook_that_does_not_exist_has_none(self, world: FakeWiring) -> None:
        with pytest.raises(NotFoundError):
            list_deliveries(
                WebhookId(an_id()), status=None, limit=20, after=None, store=world.store
            )


def under_way(world: FakeWiring, count: int) -> list[Delivery]:
    """Begin that many attempts, of as many students, that do not end."""
    begun = [begin(world).begin_attempt(world.clock.now()) for _ in range(count)]
    with world.store.begin() as repositories:
        for delivery in begun:
            repositories.deliveries.save(delivery)
    return begun


def fan_out_without(world: FakeWiring, webhook: Webhook) -> None:
    """Let something happen while the webhook does not listen."""
    change(world, webhook.disable(DisabledReason.BY_ADMIN))
    fan_out(world, happen(world, UserId(an_id())))
    change(world, webhook)


def verified_versions(
    headers: Mapping[str, Any], body: str, world: FakeWiring, secret: bytes
) -> list[str]:
    """Verify as Standard Webhooks 1.0 tells receivers to; return the versions that hold."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    expected = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    held = []
    for signature in headers["webhook-signature"].split(" "):
        version, _, text = signature.partition(",")
        if version == "v1" and hmac.compare_digest(text, expected):
            held.append(version)
        if version == "v1a":
            x = world.webhook_keys.jwks()[0]["x"]
            key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(f"{x}="))
            key.verify(base64.b64decode(text), content)
            held.append(version)
    return held
