from datetime import timedelta

import pytest

from shared.domain.event import EventId
from shared.domain.webhook_delivery import LEASE, WAITS, Attempt, DeliveryStatus
from shared.domain.webhook_message import KEPT, RECOVERABLE
from shared.usecases import prune_deliveries as module
from shared.usecases.prune_deliveries import Pruned, count_old_deliveries, prune_deliveries
from tests.builders import NOON, a_delivery, a_message, a_reply, a_webhook, an_id
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import MICROSECOND

NOTHING = {"webhook_attempts": 0, "webhook_deliveries": 0, "webhook_events": 0}


def prune(world: FakeWiring, rounds: int = 2) -> Pruned:
    return prune_deliveries(store=world.store, clock=world.clock, rounds=rounds)


def would(world: FakeWiring) -> Pruned:
    return count_old_deliveries(store=world.store, clock=world.clock)


def told(world: FakeWiring, *, status: DeliveryStatus = DeliveryStatus.DELIVERED) -> EventId:
    """Store a message of now with one delivery that was attempted twice."""
    webhook, message = a_webhook(), a_message(student_id=an_id(), occurred_at=world.clock.now())
    delivery = a_delivery(message, webhook, status=status)
    with world.store.begin() as repositories:
        repositories.webhooks.add(webhook)
        repositories.deliveries.add_message(message)
        repositories.deliveries.add([delivery])
        for number in (1, 2):
            repositories.deliveries.log(
                Attempt(delivery_id=delivery.id, number=number, at=NOON, reply=a_reply())
            )
    return message.id


def test_what_is_old_goes_with_its_deliveries_and_their_log(world: FakeWiring) -> None:
    told(world)
    world.clock.advance(KEPT + MICROSECOND)
    young = told(world)

    pruned = prune(world)

    assert pruned == Pruned(
        counts={"webhook_attempts": 2, "webhook_deliveries": 1, "webhook_events": 1},
        is_complete=True,
    )
    state = world.store.state
    assert state.messages.keys() == {young}
    assert [d.event_id for d in state.deliveries.values()] == [young]
    assert state.attempts.keys() == state.deliveries.keys()
    assert len(state.webhooks) == 2


def test_it_is_kept_to_the_last_moment(world: FakeWiring) -> None:
    told(world)
    world.clock.advance(KEPT)

    assert (prune(world).counts, would(world).counts) == (NOTHING, NOTHING)


def test_what_is_still_on_its_way_is_kept(world: FakeWiring) -> None:
    kept = told(world, status=DeliveryStatus.PENDING)
    world.clock.advance(2 * KEPT)

    assert prune(world).counts == NOTHING
    assert world.store.state.messages.keys() == {kept}


def test_a_dry_run_counts_the_same_and_does_nothing(world: FakeWiring) -> None:
    told(world)
    world.clock.advance(2 * KEPT)
    before = world.store.state.copy()

    counted = would(world)

    assert world.store.state == before
    assert not counted.is_complete
    assert prune(world).counts == counted.counts


def test_what_is_left_waits_for_the_next_time(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MESSAGES_AT_ONCE", 1)
    for _ in range(3):
        told(world)
    world.clock.advance(2 * KEPT)

    first, second = prune(world), prune(world)

    assert (first.counts["webhook_events"], first.is_complete) == (2, False)
    assert (second.counts["webhook_events"], second.is_complete) == (1, True)


def test_it_is_kept_for_longer_than_it_can_be_asked_for_and_delivered() -> None:
    longest = sum((max(wait, timedelta(days=1)) for wait in WAITS), len(WAITS) * LEASE)

    assert longest < timedelta(days=15)
    assert RECOVERABLE + timedelta(days=15) <= KEPT
