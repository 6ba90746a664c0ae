import pytest

from shared.domain.assessment import AssessmentId
from shared.domain.event import EventId, EventType
from shared.domain.user import UserId
from shared.usecases import publish_facts as module
from shared.usecases.publish_events import publish_events
from shared.usecases.publish_facts import publish_facts
from tests.builders import NOON, an_answered, an_id
from tests.fakes.wiring import FakeWiring


def tell(world: FakeWiring, count: int) -> list[EventId]:
    ids = [EventId(an_id()) for _ in range(count)]
    with world.store.begin() as repositories:
        repositories.outbox.append_facts(
            AssessmentId(an_id()), {event_id: an_answered() for event_id in ids}, at=NOON
        )
    return ids


def publish(world: FakeWiring) -> int:
    return publish_facts(store=world.store, bus=world.bus, clock=world.clock)


def test_all_there_is_is_sent_once_oldest_first(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    facts = tell(world, 7)

    assert publish(world) == 7
    assert publish(world) == 0

    assert [event.id for event in world.bus.facts] == facts
    assert world.store.state.sent == dict.fromkeys(facts, NOON)


def test_one_run_has_an_end(world: FakeWiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    monkeypatch.setattr(module, "MOST_BATCHES", 2)
    tell(world, 7)

    assert (publish(world), publish(world)) == (6, 1)


def test_a_bus_that_is_away_is_asked_once_and_loses_nothing(world: FakeWiring) -> None:
    facts = tell(world, 2)
    world.bus.is_available = False
    assert publish(world) == 0

    world.bus.is_available = True
    assert publish(world) == 2
    assert [event.id for event in world.bus.facts] == facts


def test_what_webhooks_wait_for_has_no_facts_in_front_of_it(world: FakeWiring) -> None:
    tell(world, 200)
    with world.store.begin() as repositories:
        event = repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED,
            UserId(an_id()),
            {},
            event_id=EventId(an_id()),
            at=NOON,
        )

    assert publish_events(store=world.store, bus=world.bus, clock=world.clock) == 1

    assert world.bus.published == [event]
    assert world.bus.facts == []
    assert publish(world) == 200
    assert world.bus.published == [event]
