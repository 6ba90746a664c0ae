from datetime import timedelta

from shared.domain.assessment import AssessmentStatus
from shared.domain.operations import Operations
from shared.usecases.get_operations import get_operations
from tests.builders import NOON
from tests.fakes.sample_world import Stage, world_at
from tests.fakes.wiring import FakeWiring


def operations(world: FakeWiring) -> Operations:
    return get_operations(store=world.store, queues=world.queue_monitor, clock=world.clock)


def test_it_shows_the_work_of_the_last_day_and_the_queues() -> None:
    world = world_at(Stage.COMPLETED)

    found = operations(world)

    assert (found.at, found.since) == (NOON, NOON - timedelta(hours=24))
    assert found.work.statuses == {AssessmentStatus.COMPLETED: 1}
    assert (found.work.completed.count, found.work.completed.p50_seconds) == (1, 5.0)
    names = [queue.name for queue in found.queues or ()]
    assert names == ["scoring", "retrieval", "fusion", "webhooks"]


def test_what_is_older_than_a_day_is_counted_as_it_is_now_alone() -> None:
    world = world_at(Stage.COMPLETED)
    world.clock.advance(timedelta(hours=24, seconds=1))

    found = operations(world)

    assert found.work.statuses == {AssessmentStatus.COMPLETED: 1}
    assert found.work.recent_statuses == {}
    assert found.work.completed.count == 0


def test_queues_that_do_not_answer_hide_nothing_else() -> None:
    world = world_at(Stage.COMPLETED)
    world.queue_monitor.is_available = False

    found = operations(world)

    assert found.queues is None
    assert found.work.completed.count == 1
