from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import NotFoundError, StoreUnavailableError
from shared.domain.user import Caller
from shared.usecases.await_completion import await_completion
from tests.builders import later
from tests.fakes.sample_world import ASSESSMENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    ADVISOR,
    OWNER,
    SOMEBODY_ELSE,
    UNKNOWN,
    ensure_no_transaction,
    put_status,
)


@pytest.fixture
def world() -> FakeWiring:
    """The assessment is being scored."""
    return world_at(Stage.SUBMITTED)


class Sleep:
    """Lets the time pass; `meanwhile` happens before the last of `until` pauses ends."""

    def __init__(
        self, world: FakeWiring, *, until: int = 0, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        self._world = world
        self._until = until
        self._meanwhile = meanwhile
        self.pauses: list[float] = []

    def __call__(self, seconds: float) -> None:
        ensure_no_transaction(self._world.store)
        self.pauses.append(seconds)
        self._world.clock.advance(timedelta(seconds=seconds))
        if len(self.pauses) == self._until:
            self._meanwhile()


def wait(world: FakeWiring, sleep: Sleep, *, seconds: float = 25, caller: Caller = OWNER) -> bool:
    return await_completion(
        ASSESSMENT,
        caller,
        at_most=timedelta(seconds=seconds),
        store=world.store,
        clock=world.clock,
        sleep=sleep,
    )


def test_a_completed_assessment_is_not_waited_for(world: FakeWiring) -> None:
    put_status(world, AssessmentStatus.COMPLETED)
    sleep = Sleep(world)

    assert wait(world, sleep)
    assert sleep.pauses == []


def test_one_that_completes_meanwhile_is_noticed_within_a_quarter_of_a_second(
    world: FakeWiring,
) -> None:
    sleep = Sleep(world, until=3, meanwhile=lambda: put_status(world, AssessmentStatus.COMPLETED))

    assert wait(world, sleep)
    assert sleep.pauses == [0.25, 0.25, 0.25]


def test_waiting_ends_in_time(world: FakeWiring) -> None:
    sleep = Sleep(world)

    assert not wait(world, sleep, seconds=1.1)
    assert sleep.pauses == [0.25] * 4
    assert world.clock.now() == later(1)


def test_the_last_look_is_at_the_very_end(world: FakeWiring) -> None:
    sleep = Sleep(world, until=4, meanwhile=lambda: put_status(world, AssessmentStatus.COMPLETED))

    assert wait(world, sleep, seconds=1)


def test_who_does_not_want_to_wait_gets_one_look(world: FakeWiring) -> None:
    sleep = Sleep(world)

    assert not wait(world, sleep, seconds=0)
    assert sleep.pauses == []


@pytest.mark.parametrize(
    "status", [AssessmentStatus.FAILED, AssessmentStatus.IN_PROGRESS, AssessmentStatus.EXPIRED]
)
def test_what_will_not_complete_is_not_waited_for(
    world: FakeWiring, status: AssessmentStatus
) -> None:
    put_status(world, status)
    sleep = Sleep(world)

    assert wait(world, sleep)
    assert sleep.pauses == []


def test_waiting_ends_when_the_assessment_fails(world: FakeWiring) -> None:
    sleep = Sleep(world, until=2, meanwhile=lambda: put_status(world, AssessmentStatus.FAILED))

    assert wait(world, sleep)
    assert len(sleep.pauses) == 2


@pytest.mark.parametrize("caller", [SOMEBODY_ELSE, ADVISOR], ids=["student", "advisor"])
@pytest.mark.parametrize("status", [AssessmentStatus.SCORING, AssessmentStatus.COMPLETED])
def test_nobody_waits_for_anothers(
    world: FakeWiring, caller: Caller, status: AssessmentStatus
) -> None:
    put_status(world, status)

    with pytest.raises(NotFoundError):
        wait(world, Sleep(world), caller=caller)


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        await_completion(
            UNKNOWN,
            OWNER,
            at_most=timedelta(seconds=25),
            store=world.store,
            clock=world.clock,
            sleep=Sleep(world),
        )


def test_a_database_that_goes_away_meanwhile_is_not_waited_for(world: FakeWiring) -> None:
    def go_away() -> None:
        world.store.is_available = False

    with pytest.raises(StoreUnavailableError):
        wait(world, Sleep(world, until=2, meanwhile=go_away))
