from datetime import timedelta

from shared.domain.event import EventId, EventType
from shared.domain.idempotency import IdempotencyKey
from tests.builders import NOON, a_message, an_answered, an_id
from tests.fakes.sample_world import ASSESSMENT, DELIVERY, STUDENT, Stage, add_delivery, world_at
from tests.unit.functions.serving import Serve


def test_it_starts_sends_and_forgets_and_says_how_much(serve: Serve) -> None:
    world = world_at(Stage.SUBMITTED)
    world.store.state.runs.clear()
    with world.store.begin() as repositories:
        repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED, STUDENT, {}, event_id=EventId("1"), at=NOON
        )
        repositories.idempotency.claim(
            IdempotencyKey(scope="s", operation="o", key="k", request_hash="r"),
            resource_id="1",
            now=NOON,
        )
    world.clock.advance(timedelta(hours=25))

    assert serve("reconcile", world) == {
        "started": 1,
        "forgotten_keys": 1,
        "events_sent": 1,
        "deliveries_started": 0,
        "messages_removed": 0,
        "facts_sent": 0,
    }
    assert serve("reconcile", world) == {
        "started": 0,
        "forgotten_keys": 0,
        "events_sent": 0,
        "deliveries_started": 0,
        "messages_removed": 0,
        "facts_sent": 0,
    }


def test_events_are_sent_even_while_the_pipeline_is_away(serve: Serve) -> None:
    world = world_at(Stage.SUBMITTED)
    world.store.state.runs.clear()
    world.pipeline.is_available = False
    with world.store.begin() as repositories:
        repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED, STUDENT, {}, event_id=EventId("1"), at=NOON
        )
    world.clock.advance(timedelta(hours=1))

    assert serve("reconcile", world)["events_sent"] == 1


def test_a_delivery_that_was_left_without_an_execution_gets_another(serve: Serve) -> None:
    world = world_at(Stage.NOBODY)
    add_delivery(world)
    world.clock.advance(timedelta(minutes=3))

    assert serve("reconcile", world)["deliveries_started"] == 1
    assert world.delivery_runs.started == [(DELIVERY, 2)]


def test_what_was_told_long_ago_is_removed(serve: Serve) -> None:
    world = world_at(Stage.NOBODY)
    with world.store.begin() as repositories:
        repositories.deliveries.add_message(a_message(occurred_at=NOON))
    world.clock.advance(timedelta(days=46))

    assert serve("reconcile", world)["messages_removed"] == 1
    assert world.store.state.messages == {}


def test_the_analytics_stream_goes_out_with_it(serve: Serve) -> None:
    world = world_at(Stage.NOBODY)
    with world.store.begin() as repositories:
        repositories.outbox.append_facts(ASSESSMENT, {EventId(an_id()): an_answered()}, at=NOON)

    assert serve("reconcile", world)["facts_sent"] == 1
    assert [event.assessment_id for event in world.bus.facts] == [ASSESSMENT]
