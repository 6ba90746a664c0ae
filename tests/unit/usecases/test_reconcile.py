from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.errors import PipelineUnavailableError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.job import Job, JobKind
from shared.usecases.reconcile import BATCH, Reconciliation, reconcile
from tests.builders import NOON, a_job, an_assessment, later
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import MICROSECOND

GRACE = timedelta(seconds=30)
STALLED = timedelta(minutes=15)


def submitted(
    world: FakeWiring,
    *,
    at: datetime = NOON,
    status: AssessmentStatus = AssessmentStatus.SCORING,
    run: int = 0,
) -> Assessment:
    """Submit an assessment whose newest known run started at the same time."""
    assessment = an_assessment(status=status, submitted_at=at)
    with world.store.begin() as repositories:
        repositories.assessments.add(assessment, ())
        repositories.jobs.add([a_job(assessment_id=assessment.id, kind=kind) for kind in JobKind])
        if run:
            repositories.assessments.mark_pipeline_started(assessment.id, run=run, at=at)
    return assessment


def look(world: FakeWiring, *, after: timedelta) -> Reconciliation:
    world.clock.at = NOON + after
    return reconcile(store=world.store, pipeline=world.pipeline, clock=world.clock)


def jobs_of(world: FakeWiring, assessment: Assessment) -> set[str]:
    return {j.id for j in world.store.state.jobs.values() if j.assessment_id == assessment.id}


def test_a_submission_that_was_never_started_is_started(world: FakeWiring) -> None:
    submitted(world)
    assessment = submitted(world)

    assert look(world, after=timedelta(minutes=1)).started == 2

    assert set(world.pipeline.started[assessment.id, 1]) == jobs_of(world, assessment)
    run = world.store.state.runs[assessment.id]
    assert (run.run, run.started_at) == (1, later(60))


def test_it_is_started_once(world: FakeWiring) -> None:
    submitted(world)
    look(world, after=timedelta(minutes=1))

    assert look(world, after=timedelta(minutes=2)).started == 0
    assert len(world.pipeline.started) == 1


def test_a_submission_gets_half_a_minute_to_start_its_own_pipeline(world: FakeWiring) -> None:
    submitted(world)

    assert look(world, after=GRACE).started == 0
    assert look(world, after=GRACE + MICROSECOND).started == 1


def test_a_run_that_ended_without_a_result_is_followed_by_the_next(world: FakeWiring) -> None:
    assessment = submitted(world, run=2)

    assert look(world, after=STALLED).started == 0
    assert look(world, after=STALLED + MICROSECOND).started == 1

    assert list(world.pipeline.started) == [(assessment.id, 3)]
    run = world.store.state.runs[assessment.id]
    assert (run.run, run.started_at) == (3, NOON + STALLED + MICROSECOND)


def test_a_run_that_goes_on_is_left_alone(world: FakeWiring) -> None:
    assessment = submitted(world, run=1)
    world.pipeline.running.add((assessment.id, 1))

    assert look(world, after=timedelta(hours=1)).started == 0
    assert world.pipeline.started == {}


def test_the_run_that_matters_is_the_newest(world: FakeWiring) -> None:
    assessment = submitted(world, run=2)
    world.pipeline.running.add((assessment.id, 1))

    assert look(world, after=timedelta(hours=1)).started == 1


@pytest.mark.parametrize("status", [s for s in AssessmentStatus if s != "scoring"])
def test_what_is_not_being_scored_is_left_alone(
    world: FakeWiring, status: AssessmentStatus
) -> None:
    submitted(world, status=status)

    assert look(world, after=timedelta(days=1)).started == 0
    assert world.pipeline.started == {}


def test_what_was_finished_between_the_look_and_the_start_is_left_alone(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = submitted(world), submitted(world, at=later(1))
    start = world.pipeline.start

    def start_while_the_second_finishes(
        assessment_id: AssessmentId, jobs: Sequence[Job], *, run: int
    ) -> None:
        start(assessment_id, jobs, run=run)
        with world.store.begin() as repositories:
            repositories.assessments.save(second.complete(world.clock.now()))

    monkeypatch.setattr(world.pipeline, "start", start_while_the_second_finishes)

    assert look(world, after=timedelta(minutes=1)).started == 1
    assert list(world.pipeline.started) == [(first.id, 1)]


def test_while_the_pipeline_is_away_nothing_is_started_and_nothing_lost(
    world: FakeWiring,
) -> None:
    submitted(world)
    submitted(world, run=1)
    world.pipeline.is_available = False

    assert look(world, after=timedelta(hours=1)).started == 0

    world.pipeline.is_available = True
    assert look(world, after=timedelta(hours=1)).started == 2


def test_what_was_started_before_the_pipeline_went_away_counts(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = submitted(world)
    submitted(world, at=later(1))
    submitted(world, at=later(2))
    asked: list[AssessmentId] = []
    start = world.pipeline.start

    def start_one(assessment_id: AssessmentId, jobs: Sequence[Job], *, run: int) -> None:
        asked.append(assessment_id)
        if assessment_id != first.id:
            raise PipelineUnavailableError("the pipeline cannot be reached")
        start(assessment_id, jobs, run=run)

    monkeypatch.setattr(world.pipeline, "start", start_one)

    assert look(world, after=timedelta(minutes=1)).started == 1
    assert list(world.store.state.runs) == [first.id]
    assert len(asked) == 2


def test_a_start_that_was_not_noted_down_is_harmless(world: FakeWiring) -> None:
    assessment = submitted(world)
    world.pipeline.start(assessment.id, [], run=1)

    look(world, after=timedelta(minutes=1))

    assert list(world.pipeline.started) == [(assessment.id, 1)]
    assert world.store.state.runs[assessment.id].run == 1


def test_one_minute_starts_one_batch(world: FakeWiring) -> None:
    for _ in range(BATCH + 1):
        submitted(world)

    assert look(world, after=timedelta(minutes=1)).started == BATCH
    assert look(world, after=timedelta(minutes=2)).started == 1


def test_idempotency_keys_are_forgotten_after_a_day(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        for key, at in (("old", NOON), ("new", later(1))):
            repositories.idempotency.claim(
                IdempotencyKey(scope="s", operation="o", key=key, request_hash="r"),
                resource_id="1",
                now=at,
            )

    assert look(world, after=timedelta(hours=24)).forgotten_keys == 0
    assert look(world, after=timedelta(hours=24) + MICROSECOND).forgotten_keys == 1
    assert [key for _, _, key in world.store.state.bindings] == ["new"]
