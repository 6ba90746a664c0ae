from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId
from shared.usecases.publish_events import BATCH, publish_events
from tests.builders import NOON, an_id, later
from tests.fakes.wiring import FakeWiring


def tell(world: FakeWiring, count: int) -> list[EventId]:
    """Put events into the outbox, each of another student."""
    with world.store.begin() as repositories:
        return [
            repositories.outbox.append(
                EventType.ASSESSMENT_SUBMITTED,
                UserId(an_id()),
                {},
                event_id=EventId(world.ids.new()),
                at=world.clock.now(),
            ).id
            for _ in range(count)
        ]


def publish(world: FakeWiring) -> int:
    return publish_events(store=world.store, bus=world.bus, clock=world.clock)


def test_what_the_outbox_holds_is_sent_once_oldest_first(world: FakeWiring) -> None:
    events = tell(world, 3)

    assert publish(world) == 3
    assert publish(world) == 0

    assert [event.id for event in world.bus.published] == events


def test_it_is_marked_with_the_time_of_sending(world: FakeWiring) -> None:
    [event] = tell(world, 1)
    world.clock.advance(timedelta(seconds=7))

    publish(world)

    assert world.store.state.sent == {event: later(7)}
    assert world.bus.published[0].occurred_at == NOON


def test_one_call_sends_one_batch_and_the_next_the_rest(world: FakeWiring) -> None:
    tell(world, BATCH + 1)

    assert publish(world) == BATCH
    assert publish(world) == 1


def test_what_the_bus_does_not_accept_is_left_for_the_next_time(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = tell(world, 3)

    def accept_two(events: Sequence[Event]) -> frozenset[EventId]:
        del events
        return frozenset({first, third})

    with monkeypatch.context() as patch:
        patch.setattr(world.bus, "publish", accept_two)
        assert publish(world) == 2
    assert set(world.store.state.sent) == {first, third}

    assert publish(world) == 1
    assert [event.id for event in world.bus.published] == [second]


def test_a_bus_that_is_away_loses_nothing(world: FakeWiring) -> None:
    tell(world, 2)
    world.bus.is_available = False
    assert publish(world) == 0

    world.bus.is_available = True
    assert publish(world) == 2


def test_an_empty_outbox_leaves_the_bus_alone(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(events: Sequence[Event]) -> frozenset[EventId]:
        raise AssertionError(events)

    monkeypatch.setattr(world.bus, "publish", fail)

    assert publish(world) == 0
