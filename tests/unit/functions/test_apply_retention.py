from datetime import timedelta

import pytest

from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.unit.functions.serving import Serve


def test_a_dry_run_says_what_would_go(serve: Serve) -> None:
    world = world_at(Stage.COMPLETED)
    world.clock.advance(timedelta(days=800))

    reply = serve("apply_retention", world, dryRun=True)

    assert (reply["dryRun"], reply["isComplete"]) == (True, False)
    assert reply["counts"] == {
        "assessments": 1,
        "async_jobs": 5,
        "audit_logs": 0,
        "idempotency_keys": 0,
        "outbox_events": 0,
        "sessions": 1,
    }
    assert world.store.state.assessments[ASSESSMENT].student_id == STUDENT


@pytest.mark.parametrize("value", ["false", "true", 1, 0, None])
def test_what_is_neither_true_nor_false_does_nothing(serve: Serve, value: object) -> None:
    world = world_at(Stage.COMPLETED)
    world.clock.advance(timedelta(days=800))

    reply = serve("apply_retention", world, dryRun=value)

    assert reply["error"] == "invalid_input"
    assert world.store.state.assessments[ASSESSMENT].student_id == STUDENT
