import pytest

from shared.domain.errors import (
    IdempotencyConflictError,
    NotFoundError,
    QueuesUnavailableError,
)
from shared.domain.idempotency import IdempotencyKey
from shared.domain.operations import Redriven
from shared.domain.user import Caller
from shared.usecases.redrive_queue import BATCH, RedrivenQueue, redrive_queue
from tests.builders import NOON
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, a_key

KEY = a_key(scope=ADMIN.user_id)


def redrive(
    world: FakeWiring,
    queue: str = "scoring",
    *,
    caller: Caller | None = ADMIN,
    idempotency: IdempotencyKey | None = None,
) -> RedrivenQueue:
    return redrive_queue(
        queue,
        caller=caller,
        idempotency=idempotency,
        store=world.store,
        dead_letters=world.dead_letters,
        ids=world.ids,
        clock=world.clock,
    )


def test_it_says_how_many_were_moved_and_how_many_are_left(world: FakeWiring) -> None:
    world.dead_letters.left["scoring"] = BATCH + 3

    found = redrive(world)

    assert found.redriven == Redriven(queue="scoring", moved=BATCH, waiting=3, in_flight=0)
    assert redrive(world).redriven.moved == 3
    assert redrive(world).redriven.moved == 0


def test_other_queues_are_left_alone(world: FakeWiring) -> None:
    world.dead_letters.left |= {"scoring": 1, "fusion": 2}

    redrive(world, "fusion")

    assert world.dead_letters.left == {"scoring": 1, "retrieval": 0, "fusion": 0}


@pytest.mark.parametrize(("caller", "actor"), [(ADMIN, ADMIN.user_id), (None, "operator")])
def test_it_is_audited(world: FakeWiring, caller: Caller | None, actor: str) -> None:
    world.dead_letters.left["scoring"] = 2

    redrive(world, caller=caller)

    (entry,) = world.store.state.audit
    assert (entry.actor, entry.action, entry.at) == (actor, "queue.redriven", NOON)
    assert entry.details == {"queue": "scoring", "moved": 2, "waiting": 0, "inFlight": 0}


def test_the_same_key_moves_one_batch_and_is_answered_the_same(world: FakeWiring) -> None:
    world.dead_letters.left["scoring"] = 2
    first = redrive(world, idempotency=KEY)
    world.dead_letters.left["scoring"] = 5

    again = redrive(world, idempotency=KEY)

    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.redriven == first.redriven
    assert world.dead_letters.left["scoring"] == 5
    assert len(world.store.state.audit) == 1


def test_the_same_key_with_another_request_is_a_conflict(world: FakeWiring) -> None:
    redrive(world, idempotency=KEY)

    with pytest.raises(IdempotencyConflictError):
        redrive(world, "fusion", idempotency=a_key(scope=ADMIN.user_id, request="request 2"))


def test_queues_that_are_away_leave_no_trace_and_the_key_unused(world: FakeWiring) -> None:
    world.dead_letters.is_available = False
    with pytest.raises(QueuesUnavailableError):
        redrive(world, idempotency=KEY)
    assert world.store.state.audit == []

    world.dead_letters.is_available = True
    assert not redrive(world, idempotency=KEY).is_replay


def test_an_unknown_queue_is_not_found_and_the_others_named(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError, match="scoring, retrieval, fusion"):
        redrive(world, "essays")

    assert world.store.state.audit == []
