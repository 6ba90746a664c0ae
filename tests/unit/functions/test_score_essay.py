"""The edge that all queue functions share, seen through the one that scores."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import EngineRefusedError, EngineUnavailableError
from shared.domain.job import JobStatus
from tests.fakes.sample_world import ESSAY_JOBS, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, sample
from tests.unit.usecases.scenes import claimed


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.SUBMITTED)


def failures(reply: dict[str, Any]) -> int:
    return len(reply["batchItemFailures"])


def test_a_message_that_is_delivered_twice_is_scored_once(serve: Serve, world: FakeWiring) -> None:
    assert failures(serve("score_essay", world)) == 0
    assert failures(serve("score_essay", world)) == 0

    assert len(world.store.state.essay_scores) == 1
    assert len(world.scorer.tasks) == 1


def test_a_transient_fault_brings_the_message_back_soon(serve: Serve, world: FakeWiring) -> None:
    world.scorer.error = EngineUnavailableError("slow", reason="timeout")

    assert failures(serve("score_essay", world)) == 1

    assert [receives for _, receives in world.redelivery.delayed] == [1]
    assert (world.tasks.completed, world.tasks.failed) == ({}, {})

    world.scorer.error = None
    assert failures(serve("score_essay", world)) == 0
    assert [s.attempt for s in world.store.state.essay_scores.values()] == [2]


def test_a_refusal_takes_the_message_and_fails_the_state(serve: Serve, world: FakeWiring) -> None:
    world.scorer.error = EngineRefusedError("no", reason="refused")

    assert failures(serve("score_essay", world)) == 0

    assert [error for error, _ in world.tasks.failed.values()] == ["refused"]
    assert world.redelivery.delayed == []


def test_a_job_that_another_worker_holds_comes_back_after_its_lease(
    serve: Serve, world: FakeWiring
) -> None:
    claimed(world, ESSAY_JOBS[0])

    assert failures(serve("score_essay", world)) == 1
    assert world.redelivery.delayed == []

    world.clock.advance(world.lease)
    assert failures(serve("score_essay", world)) == 0


def test_a_worker_that_was_killed_is_replaced_when_its_lease_is_over(
    serve: Serve, world: FakeWiring
) -> None:
    claimed(world, ESSAY_JOBS[0])
    world.clock.advance(world.lease + timedelta(seconds=1))

    serve("score_essay", world)

    assert world.store.state.jobs[ESSAY_JOBS[0]].status is JobStatus.SUCCEEDED
    assert [s.attempt for s in world.store.state.essay_scores.values()] == [2]


def test_a_database_that_is_away_brings_the_message_back(serve: Serve, world: FakeWiring) -> None:
    world.store.is_available = False

    assert failures(serve("score_essay", world)) == 1
    assert len(world.redelivery.delayed) == 1


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"taskToken":"","jobId":"1"}'])
def test_a_message_that_cannot_be_read_goes_the_way_of_all_failures(
    serve: Serve, world: FakeWiring, body: str
) -> None:
    before = world.store.state.copy()
    [record] = sample("score_essay")["Records"]

    reply = serve("score_essay", world, Records=[record | {"body": body}])

    assert reply["batchItemFailures"] == [{"itemIdentifier": record["messageId"]}]
    assert world.store.state == before


def test_one_bad_message_does_not_take_the_others_along(serve: Serve, world: FakeWiring) -> None:
    [record] = sample("score_essay")["Records"]
    bad = record | {"body": "?", "messageId": "bad"}

    reply = serve("score_essay", world, Records=[bad, record])

    assert reply["batchItemFailures"] == [{"itemIdentifier": "bad"}]
    assert len(world.store.state.essay_scores) == 1
