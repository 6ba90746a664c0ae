from datetime import date, timedelta

from shared.domain.assessment import AssessmentStatus
from shared.domain.essay import Usage
from shared.domain.trends import Granularity, MetricSnapshot
from shared.usecases.snapshot_metrics import snapshot_metrics
from tests.builders import NOON, TRACK
from tests.fakes.sample_world import ASSESSMENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import put_doubt, put_status

TODAY = date(2026, 1, 1)
FIRST_ROUND = 32 + 13
"""A month of days and a year of months, and the present ones."""


def take(world: FakeWiring) -> int:
    return snapshot_metrics(store=world.store, prices=world.prices, clock=world.clock)


def stored(
    world: FakeWiring, granularity: Granularity = Granularity.DAY, track: str | None = None
) -> MetricSnapshot:
    return world.store.state.metric_snapshots[granularity, TODAY, track]


def prompted(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.usage.record(
            ASSESSMENT,
            purpose="score_essay",
            model="priced",
            usage=Usage(prompt_tokens=1_000_000, completion_tokens=500_000),
            at=NOON,
        )


def test_assessments_usage_and_backlog_come_together() -> None:
    world = world_at(Stage.COMPLETED)
    prompted(world)
    put_doubt(world)

    take(world)

    for granularity in Granularity:
        for track in (None, TRACK):
            found = stored(world, granularity, track)
            figures = found.figures
            assert (figures.started, figures.submitted, figures.completed) == (1, 1, 1)
            assert (figures.degraded, figures.failed) == (0, 0)
            assert (figures.median_minutes, figures.p50_seconds) == (595 / 60, 5.0)
            assert (found.prompts, found.prompt_tokens, found.cost) == (1, 1_000_000, 2.0)
            assert (found.reviews_waiting, found.taken_at, found.is_final) == (1, NOON, False)


def test_the_first_round_makes_up_for_a_month_of_days_and_a_year_of_months() -> None:
    world = world_at(Stage.NOBODY)

    assert take(world) == FIRST_ROUND
    assert take(world) == 2  # today and this month
    starts = {start for _, start, _ in world.store.state.metric_snapshots}
    assert min(starts) == date(2025, 1, 1)


def test_again_in_the_same_hour_writes_the_same() -> None:
    world = world_at(Stage.COMPLETED)
    take(world)
    before = world.store.state.metric_snapshots

    take(world)

    assert world.store.state.metric_snapshots == before


def test_a_day_follows_what_happens_until_it_is_final() -> None:
    world = world_at(Stage.SCORED)
    take(world)
    assert stored(world).figures.failed == 0

    put_status(world, AssessmentStatus.FAILED)
    world.clock.advance(timedelta(hours=13))
    take(world)
    assert (stored(world).figures.failed, stored(world).is_final) == (1, True)

    put_status(world, AssessmentStatus.SCORING)
    take(world)
    assert stored(world).figures.failed == 1


def test_hours_that_were_missed_are_made_up_for() -> None:
    world = world_at(Stage.COMPLETED)
    take(world)

    world.clock.advance(timedelta(days=3))
    assert take(world) == 3 + 1 + 1  # days that ended, today, this month

    found = stored(world)
    assert (found.is_final, found.figures.completed, found.reviews_waiting) == (True, 1, None)


def test_what_ended_just_now_is_taken_once_more() -> None:
    world = world_at(Stage.COMPLETED)
    take(world)
    world.clock.advance(timedelta(hours=12, minutes=30))

    assert take(world) == 3
    assert not stored(world).is_final


def test_a_track_that_is_gone_from_a_period_leaves_no_row() -> None:
    world = world_at(Stage.COMPLETED)
    take(world)
    del world.store.state.assessments[ASSESSMENT]

    take(world)

    assert (Granularity.DAY, TODAY, TRACK) not in world.store.state.metric_snapshots
    assert stored(world).figures.completed == 0
