import json
from typing import Any

import pytest

from shared.domain.errors import RebuildSupersededError
from shared.domain.user import Role
from shared.usecases.start_rebuild import STARTS_WITHIN
from tests.fakes.sample_world import STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.LOGGED_IN)


def event(world: FakeWiring, step: str, **more: Any) -> dict[str, Any]:
    ((rebuild_id, run),) = world.rebuild_runner.started
    return {"rebuildId": rebuild_id, "run": run, "step": step, **more}


def advance(serve: Serve, world: FakeWiring, step: str, **more: Any) -> dict[str, Any]:
    return serve("advance_rebuild", world, **event(world, step, **more))


def test_a_rebuild_is_accepted_and_shown(serve: Serve, world: FakeWiring) -> None:
    reply = serve("rebuild_index", world)

    assert reply["statusCode"] == 202
    body = body_of(reply)
    assert body == {
        "resumed": False,
        "rebuild": {
            "id": world.rebuild_runner.started[0][0],
            "status": "running",
            "model": "fake-words",
            "dimensions": 256,
            "run": 1,
            "total": 0,
            "embedded": 0,
            "percent": 0,
            "startedBy": STUDENT,
            "startedAt": "2026-01-01T12:00:00.000Z",
            "updatedAt": "2026-01-01T12:00:00.000Z",
            "switchedAt": None,
            "finishedAt": None,
            "failure": None,
        },
    }
    assert body_of(serve("get_index", world))["rebuild"] == body["rebuild"]


def test_a_second_one_is_refused_with_the_id_of_the_first(serve: Serve, world: FakeWiring) -> None:
    first = body_of(serve("rebuild_index", world))["rebuild"]["id"]
    world.clock.advance(STARTS_WITHIN)

    reply = serve("rebuild_index", world)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (409, "rebuild_running")
    assert problem["conflictsWith"] == first
    assert "wait until GET /api/v1/admin/index says" in problem["detail"]


def test_a_workflow_service_that_is_away_is_said_to_be(serve: Serve, world: FakeWiring) -> None:
    world.rebuild_runner.is_available = False

    reply = serve("rebuild_index", world)

    assert (reply["statusCode"], body_of(reply)["code"]) == (503, "pipeline_unavailable")
    assert (
        int(
            reply["multiValueHeaders"]["Retry-After"][0]
            if "multiValueHeaders" in reply
            else reply["headers"]["Retry-After"]
        )
        > 0
    )
    assert body_of(serve("get_index", world))["rebuild"]["status"] == "failed"


@pytest.mark.parametrize("role", [Role.STUDENT, Role.ADVISOR])
def test_admins_alone_rebuild(serve: Serve, world: FakeWiring, role: Role) -> None:
    reply = serve(
        "rebuild_index", world, requestContext=as_caller("rebuild_index", STUDENT, role=role)
    )

    assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")
    assert world.rebuild_runner.started == []


def test_the_steps_of_the_machine_lead_to_a_new_index(serve: Serve, world: FakeWiring) -> None:
    serve("rebuild_index", world)
    within = {"searchesEndWithinSeconds": 12}
    done = {"done": True, "waitSeconds": 0}

    assert advance(serve, world, "clear", **within) == done
    assert advance(serve, world, "embed") == done
    assert body_of(serve("get_index", world))["rebuild"]["percent"] == 100
    assert advance(serve, world, "switch") == done
    assert advance(serve, world, "clear", **within) == {"done": False, "waitSeconds": 12}
    world.clock.advance(STARTS_WITHIN)
    assert advance(serve, world, "clear", **within) == done
    assert advance(serve, world, "finish") == done

    index = body_of(serve("get_index", world))
    assert index["rebuild"]["status"] == "completed"
    assert (index["stale"], index["rebuildAdvised"]) == (0, False)


def test_a_failure_is_kept_short(serve: Serve, world: FakeWiring) -> None:
    serve("rebuild_index", world)

    advance(serve, world, "fail", error="EngineUnavailableError", cause="x" * 9_999)

    rebuild = body_of(serve("get_index", world))["rebuild"]
    assert rebuild["status"] == "failed"
    assert rebuild["failure"].startswith("EngineUnavailableError: xxx")
    assert len(rebuild["failure"]) == 500


def test_what_lambda_tells_of_a_failure_is_put_into_words(serve: Serve, world: FakeWiring) -> None:
    serve("rebuild_index", world)
    cause = {"errorMessage": "too slow", "errorType": "X", "stackTrace": ["secret.py"]}

    advance(serve, world, "fail", error="EngineUnavailableError", cause=json.dumps(cause))

    failure = body_of(serve("get_index", world))["rebuild"]["failure"]
    assert failure == "EngineUnavailableError: too slow"


def test_an_older_run_is_told_so(serve: Serve, world: FakeWiring) -> None:
    serve("rebuild_index", world)

    with pytest.raises(RebuildSupersededError, match="run 1, so run 7 has nothing to do"):
        serve("advance_rebuild", world, **event(world, "embed") | {"run": 7})


def test_a_step_that_nobody_knows_is_a_defect(serve: Serve, world: FakeWiring) -> None:
    serve("rebuild_index", world)

    with pytest.raises(ValueError, match="no step dance"):
        advance(serve, world, "dance")


def test_an_index_of_another_model_is_worth_a_rebuild(serve: Serve, world: FakeWiring) -> None:
    assert not body_of(serve("get_index", world))["rebuildAdvised"]
    world.embedding_model = "newer"

    index = body_of(serve("get_index", world))

    assert (index["model"], index["configuredModel"]) == ("fake-words", "newer")
    assert (index["stale"], index["rebuildAdvised"]) == (0, True)


def test_before_the_seeds_were_loaded_there_is_no_index(serve: Serve) -> None:
    index = body_of(serve("get_index", FakeWiring()))

    assert (index["model"], index["dimensions"]) == (None, None)
    assert (index["active"], index["rebuildAdvised"]) == (0, True)
