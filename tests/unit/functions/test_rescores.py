"""What the handlers of rescores add: bodies, answers, and the round of a minute."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.event import EventType
from tests.builders import TRACK
from tests.fakes.sample_world import ASSESSMENT, ESSAYS, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample
from tests.unit.usecases.scenes import ADMIN, ADVISOR, put_fallback

JSON = {"content-type": "application/json"}
COUNTS = {
    "total": 1,
    "pending": 0,
    "done": 1,
    "failed": 0,
    "raised": 0,
    "lowered": 0,
    "unchanged": 0,
    "crossedBand": 0,
    "withheld": 0,
}


@pytest.fixture
def world() -> FakeWiring:
    world = world_at(Stage.COMPLETED)
    put_fallback(world, 0, 1, 2)
    world.scorer.score_given = 9.0
    world.uses_model = False  # nothing is queued but what a test asks for
    return world


def start(serve: Serve, world: FakeWiring, body: object, **changes: object) -> dict[str, Any]:
    return serve("start_rescore", world, **{"headers": JSON, "body": json.dumps(body)} | changes)


def start_one(serve: Serve, world: FakeWiring, body: str | None) -> dict[str, Any]:
    key = "POST /api/v1/admin/assessments/{assessmentId}/rescore"
    path = f"/api/v1/admin/assessments/{ASSESSMENT}/rescore"
    context = sample("start_rescore")["requestContext"]
    changes: dict[str, object] = {
        "routeKey": key,
        "rawPath": path,
        "pathParameters": {"assessmentId": ASSESSMENT},
        "requestContext": context | {"http": context["http"] | {"path": path}, "routeKey": key},
        "headers": JSON,
        "body": body,
    }
    return serve("start_rescore", world, **changes)


def look(
    serve: Serve, world: FakeWiring, started: Mapping[str, Any], **query: str
) -> dict[str, Any]:
    rescore_id = body_of(started)["id"]
    return serve(
        "get_rescore",
        world,
        rawPath=f"/api/v1/admin/rescores/{rescore_id}",
        pathParameters={"rescoreId": rescore_id},
        queryStringParameters=query,
    )


@pytest.mark.parametrize("function", ["start_rescore", "get_rescore"])
@pytest.mark.parametrize(("user_id", "role"), [(STUDENT, "student"), (ADVISOR.user_id, "advisor")])
def test_rescores_are_for_admins(
    serve: Serve, world: FakeWiring, function: str, user_id: str, role: str
) -> None:
    reply = serve(function, world, requestContext=as_caller(function, user_id, role=role))

    assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")


def test_it_is_a_dry_run_and_lowers_nothing_unless_the_body_says_so(
    serve: Serve, world: FakeWiring
) -> None:
    reply = start(serve, world, {"trackId": TRACK})

    body = body_of(reply)
    assert reply["statusCode"] == 202
    (rescore_id,) = world.store.state.rescores
    assert body == {
        "id": rescore_id,
        "scope": "track",
        "subject": TRACK,
        "since": None,
        "dryRun": True,
        "allowLowering": False,
        "requestedBy": "019b7a01-0000-7000-8000-000000000009",
        "requestedAt": "2026-01-01T12:00:00.000Z",
        "finishedAt": None,
        "counts": COUNTS | {"pending": 1, "done": 0},
        "url": f"/api/v1/admin/rescores/{rescore_id}",
    }


@pytest.mark.parametrize(
    ("body", "scope", "since"),
    [
        ({"assessmentId": ASSESSMENT}, "assessment", None),
        ({"questionId": ESSAYS[0]}, "question", None),
        ({"trackId": TRACK, "since": "2026-01-01"}, "track", "2026-01-01T00:00:00.000Z"),
        (
            {"trackId": TRACK, "since": "2026-01-01T13:00:00+01:00"},
            "track",
            "2026-01-01T12:00:00.000Z",
        ),
    ],
)
def test_one_thing_is_named(
    serve: Serve, world: FakeWiring, body: dict[str, str], scope: str, since: str | None
) -> None:
    reply = start(serve, world, body | {"dryRun": False, "allowLowering": True})

    answered = body_of(reply)
    assert reply["statusCode"] == 202
    assert (answered["scope"], answered["since"]) == (scope, since)
    assert (answered["dryRun"], answered["allowLowering"]) == (False, True)


@pytest.mark.parametrize("body", [None, '{"dryRun": false}'])
def test_one_assessment_has_a_route_of_its_own(
    serve: Serve, world: FakeWiring, body: str | None
) -> None:
    reply = start_one(serve, world, body)

    answered = body_of(reply)
    assert reply["statusCode"] == 202, answered
    assert (answered["scope"], answered["subject"]) == ("assessment", ASSESSMENT)
    assert answered["dryRun"] is (body is None)


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "invalid_input", ""),
        ({"trackId": TRACK, "questionId": ESSAYS[0]}, "invalid_input", ""),
        ({"assessmentId": ASSESSMENT, "since": "2026-01-01"}, "invalid_input", "/since"),
        ({"trackId": TRACK, "since": "yesterday"}, "invalid_input", "/since"),
        ({"trackId": TRACK, "since": "2027-01-01"}, "invalid_input", "/trackId"),
        ({"trackId": "knitting"}, "invalid_input", "/trackId"),
        ({"questionId": "nonsense"}, "invalid_input", "/questionId"),
        ({"trackId": ""}, "invalid_request", "/trackId"),
        ({"trackId": "a\0b"}, "invalid_request", "/trackId"),
        ({"trackId": TRACK, "dryRun": "no"}, "invalid_request", "/dryRun"),
        ({"trackId": TRACK, "allowLowering": 1}, "invalid_request", "/allowLowering"),
        ({"trackId": TRACK, "apply": True}, "invalid_request", "/apply"),
    ],
)
def test_bad_input_is_refused_by_name(
    serve: Serve, world: FakeWiring, body: dict[str, object], code: str, pointer: str
) -> None:
    reply = start(serve, world, body)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, code), problem
    assert [e["pointer"] for e in problem["errors"]] == [pointer]
    assert world.store.state.rescores == {}


def test_an_unknown_assessment_is_not_found(serve: Serve, world: FakeWiring) -> None:
    reply = start(serve, world, {"assessmentId": "nonsense"})

    assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")


def test_the_same_request_again_gets_the_same_answer(serve: Serve, world: FakeWiring) -> None:
    first, again = serve("start_rescore", world), serve("start_rescore", world)

    assert (again["statusCode"], again["body"]) == (202, first["body"])
    assert again["headers"]["Idempotency-Replayed"] == "true"


def test_the_report_shows_who_moves_and_who_crosses_a_band(serve: Serve, world: FakeWiring) -> None:
    started = start(serve, world, {"trackId": TRACK})
    empty = body_of(look(serve, world, started))["items"]
    serve("run_rescores", world)

    body = body_of(look(serve, world, started, show="crossed_band"))

    assert [(i["status"], i["before"], i["essays"]) for i in empty] == [("pending", None, [])]
    assert body["finishedAt"] == "2026-01-01T12:00:00.000Z"
    assert body["counts"] == COUNTS | {"raised": 1, "crossedBand": 1}
    (item,) = body["items"]
    assert item["essays"][0] == {
        "questionId": ESSAYS[0],
        "before": 5,
        "after": 9,
        "maxScore": 10,
        "verdict": "raised",
        "counts": True,
        "reason": None,
    }
    del item["essays"]
    assert item == {
        "assessmentId": ASSESSMENT,
        "status": "done",
        "movement": "raised",
        "crossesBand": True,
        "before": {"overallScore": 25, "band": "foundation", "confidence": 0.8},
        "after": {"overallScore": 45, "band": "developing", "confidence": 1},
        "error": None,
    }
    assert body["nextCursor"] is None


@pytest.mark.parametrize(("show", "count"), [("all", 1), ("moved", 1), ("failed", 0)])
def test_the_report_shows_what_is_asked_for(
    serve: Serve, world: FakeWiring, show: str, count: int
) -> None:
    started = start(serve, world, {"trackId": TRACK})
    serve("run_rescores", world)

    assert len(body_of(look(serve, world, started, show=show))["items"]) == count


@pytest.mark.parametrize("query", [{"show": "some"}, {"cursor": "nonsense"}, {"limit": "0"}])
def test_a_bad_query_is_refused(serve: Serve, world: FakeWiring, query: dict[str, str]) -> None:
    started = start(serve, world, {"trackId": TRACK})

    reply = look(serve, world, started, **query)

    (error,) = body_of(reply)["errors"]
    assert (reply["statusCode"], error["pointer"]) == (422, f"query/{next(iter(query))}")


def test_the_student_reads_the_old_marks_beside_the_new(serve: Serve, world: FakeWiring) -> None:
    start_one(serve, world, '{"dryRun": false}')
    serve("run_rescores", world)

    body = body_of(serve("get_result", world))

    assert (body["degraded"], body["overallScore"]) == (False, 45)
    essay = body["essayScores"][0]
    assert (essay["score"], essay["scoredBy"]["attempt"]) == (9, 2)
    assert [before["score"] for before in essay["previous"]] == [5]
    assert [e.type for e in world.bus.published] == [EventType.RESULT_CORRECTED] * 3


def test_where_no_model_is_nothing_waits_for_it(serve: Serve, world: FakeWiring) -> None:
    assert serve("run_rescores", world)["queued"] == 0

    world.uses_model = True
    assert serve("run_rescores", world)["queued"] == 1


def test_healing_follows_the_policy_of_the_stage(serve: Serve, world: FakeWiring) -> None:
    world.uses_model = world.degraded_may_lower = True

    serve("run_rescores", world)

    assert [r.may_lower for r in world.store.state.rescores.values()] == [True]


def test_a_shorter_round_can_be_asked_for(serve: Serve, world: FakeWiring) -> None:
    start(serve, world, {"trackId": TRACK})

    assert serve("run_rescores", world, seconds=0)["done"] == 0
    assert serve("run_rescores", world, seconds=1)["done"] == 1


def test_an_admin_is_named_as_who_asked(serve: Serve, world: FakeWiring) -> None:
    caller = as_caller("start_rescore", ADMIN.user_id, role="admin")

    start(serve, world, {"trackId": TRACK}, requestContext=caller)

    assert [row.actor for row in world.store.state.audit] == [ADMIN.user_id]
