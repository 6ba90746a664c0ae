from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.retention import (
    ASSESSMENTS_KEPT,
    AUDIT_KEPT,
    QUEUES_KEPT,
    Cutoffs,
    Retention,
)
from shared.usecases import apply_retention as module
from shared.usecases.apply_retention import apply_retention, count_old
from tests.builders import NOON, a_session, an_assessment
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import MICROSECOND


def apply(world: FakeWiring) -> Retention:
    return apply_retention(store=world.store, clock=world.clock)


def would(world: FakeWiring) -> Retention:
    return count_old(store=world.store, clock=world.clock)


def old_world() -> FakeWiring:
    """The sample student's assessment is finished and older than may be."""
    world = world_at(Stage.COMPLETED)
    with world.store.begin() as repositories:
        repositories.audit.append(actor="a", action="b", subject="c", details={}, at=NOON)
    world.clock.advance(AUDIT_KEPT + timedelta(days=1))
    return world


def test_an_old_assessment_stays_as_marks_of_nobody() -> None:
    world = old_world()

    apply(world)

    state = world.store.state
    assert state.assessments[ASSESSMENT].student_id != STUDENT
    assert state.responses == {}
    assert {score.feedback for score in state.essay_scores.values()} == {""}
    assert {score.score for score in state.essay_scores.values()} == {7.3}
    assert STUDENT in state.users


def test_queues_and_the_beginning_of_the_audit_log_are_removed() -> None:
    world = old_world()

    apply(world)

    state = world.store.state
    assert (state.jobs, state.sessions) == ({}, {})
    assert [entry.action for entry in state.audit] == ["retention.applied"]


def test_a_dry_run_counts_the_same_and_does_nothing() -> None:
    world = old_world()
    before = world.store.state.copy()

    counted = would(world)

    assert world.store.state == before
    assert counted.counts == {
        "assessments": 1,
        "async_jobs": 5,
        "idempotency_keys": 0,
        "outbox_events": 0,
        "sessions": 1,
        "audit_logs": 1,
    }
    assert not counted.is_complete
    done = apply(world)
    assert done.counts == counted.counts
    assert done.is_complete


def test_what_was_done_is_in_the_audit_log() -> None:
    world = old_world()

    done = apply(world)

    [entry] = world.store.state.audit
    assert (entry.actor, entry.action) == ("retention", "retention.applied")
    assert entry.details == done.counts


def test_on_a_day_with_nothing_to_do_nothing_is_written() -> None:
    world = world_at(Stage.COMPLETED)
    before = world.store.state.copy()

    assert apply(world).is_complete
    assert world.store.state == before


@pytest.mark.parametrize(
    ("kept", "table"),
    [(ASSESSMENTS_KEPT, "assessments"), (QUEUES_KEPT, "sessions"), (AUDIT_KEPT, "audit_logs")],
)
def test_a_thing_is_kept_to_the_last_moment_of_its_time(kept: timedelta, table: str) -> None:
    world = FakeWiring()
    with world.store.begin() as repositories:
        repositories.users.add(replace(world_at(Stage.LOGGED_IN).store.state.users[STUDENT]))
        repositories.assessments.add(an_assessment(student_id=STUDENT), ())
        repositories.sessions.add(a_session(user_id=STUDENT, revoked_at=NOON))
        repositories.audit.append(actor="a", action="b", subject="c", details={}, at=NOON)

    world.clock.at = NOON + kept
    assert would(world).counts[table] == 0
    world.clock.at += MICROSECOND
    assert would(world).counts[table] == 1


def test_months_are_never_shorter_than_they_can_be() -> None:
    """From 29 February on, 24 and 36 months are this long at most."""
    assert timedelta(days=366 + 365) == ASSESSMENTS_KEPT
    assert timedelta(days=366 + 365 + 365) == AUDIT_KEPT
    assert timedelta(days=30) == QUEUES_KEPT
    assert Cutoffs.at(NOON).queues == NOON - QUEUES_KEPT


def test_what_still_claims_to_run_is_closed() -> None:
    world = world_at(Stage.ANSWERED)
    world.clock.advance(ASSESSMENTS_KEPT)

    apply(world)

    assert world.store.state.assessments[ASSESSMENT].status is AssessmentStatus.EXPIRED


def test_it_goes_in_small_steps_and_leaves_what_is_too_much_for_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = old_world()
    with world.store.begin() as repositories:
        for _ in range(6):
            repositories.assessments.add(an_assessment(student_id=STUDENT), ())
    monkeypatch.setattr(module, "ASSESSMENTS_AT_ONCE", 2)
    monkeypatch.setattr(module, "ROUNDS", 2)

    first, second, third = (apply(world) for _ in range(3))

    assert [run.counts.get("assessments", 0) for run in (first, second, third)] == [4, 3, 0]
    assert [run.is_complete for run in (first, second, third)] == [False, True, True]
