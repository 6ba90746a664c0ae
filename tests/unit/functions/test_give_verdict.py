"""What the handler adds: the body it takes, the answer it gives, and where it is read."""

import json
from typing import Any

import pytest

from shared.domain.event import EventType
from tests.fakes.sample_world import RECOMMENDATION, RECOMMENDED, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample
from tests.unit.usecases.scenes import ADMIN, ADVISOR

FUNCTION = "give_verdict"
REASON = "You have held this certificate since last year."
UNKEYED = {"content-type": "application/json"}
GOOD: dict[str, Any] = {"verdict": "rejected", "reason": REASON}


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.COMPLETED)


def give(serve: Serve, world: FakeWiring, body: object, **changes: object) -> dict[str, Any]:
    return serve(FUNCTION, world, **{"headers": UNKEYED, "body": json.dumps(body)} | changes)


def read(serve: Serve, world: FakeWiring, function: str, *, role: str) -> dict[str, Any]:
    """Return the recommendation as the owner or somebody of the staff finds it."""
    user_id = STUDENT if role == "student" else ADVISOR.user_id
    caller = as_caller(function, user_id, role=role)
    body: dict[str, Any] = body_of(serve(function, world, requestContext=caller))
    return body if function == "get_recommendations" else body["recommendation"]


def test_the_answer_is_what_was_decided_without_the_reason(serve: Serve, world: FakeWiring) -> None:
    reply = serve(FUNCTION, world)

    (verdict,) = world.store.state.verdicts.values()
    assert reply["statusCode"] == 201
    assert body_of(reply) == {
        "id": verdict.id,
        "recommendationId": RECOMMENDATION,
        "credentialId": RECOMMENDED,
        "verdict": "rejected",
        "revision": 1,
        "createdAt": "2026-01-01T12:00:00.000Z",
    }
    assert (verdict.accepted, verdict.reason) == (False, REASON)


@pytest.mark.parametrize("function", ["get_result", "get_recommendations"])
@pytest.mark.parametrize("role", ["student", "advisor"])
def test_what_counts_is_read_beside_the_item_by_role_and_not_by_name(
    serve: Serve, world: FakeWiring, function: str, role: str
) -> None:
    assert read(serve, world, function, role=role)["items"][0]["verdict"] is None
    serve(FUNCTION, world)
    caller = as_caller(FUNCTION, ADMIN.user_id, role="admin")
    give(serve, world, {"verdict": "accepted"}, requestContext=caller)

    found = read(serve, world, function, role=role)

    assert [item["verdict"] for item in found["items"]] == [
        {
            "verdict": "accepted",
            "reason": None,
            "role": "admin",
            "revision": 2,
            "createdAt": "2026-01-01T12:00:00.000Z",
        }
    ]
    assert ADMIN.user_id not in json.dumps(found)


@pytest.mark.parametrize("function", ["get_result", "get_recommendations"])
def test_the_whole_trace_is_for_staff(serve: Serve, world: FakeWiring, function: str) -> None:
    assert read(serve, world, function, role="student")["trace"]["ranking"] is None

    for role in ("advisor", "admin"):
        (candidate,) = read(serve, world, function, role=role)["trace"]["ranking"]
        assert (candidate["credentialId"], candidate["itemRank"]) == (RECOMMENDED, 1)
        assert (candidate["vectorRank"], candidate["vectorSimilarity"]) == (5, 0.64)


@pytest.mark.parametrize("reason", [{}, {"reason": None}, {"reason": ""}, {"reason": " \n"}])
def test_a_rejection_without_a_reason_is_refused(
    serve: Serve, world: FakeWiring, reason: dict[str, Any]
) -> None:
    reply = give(serve, world, {"verdict": "rejected"} | reason)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, "invalid_input")
    assert [error["pointer"] for error in problem["errors"]] == ["/reason"]
    assert "a rejection needs a reason" in reply["body"]
    assert world.store.state.verdicts == {}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (GOOD | {"reason": "x" * 1001}, "/reason"),
        (GOOD | {"reason": "a\0b"}, "/reason"),
        (GOOD | {"reason": "\ud800"}, "/reason"),
        (GOOD | {"reason": 5}, "/reason"),
        (GOOD | {"verdict": "maybe"}, "/verdict"),
        (GOOD | {"verdict": True}, "/verdict"),
        (GOOD | {"verdict": None}, "/verdict"),
        ({"reason": REASON}, "/verdict"),
        (GOOD | {"accepted": True}, "/accepted"),
    ],
)
def test_bad_input_is_refused_by_name(
    serve: Serve, world: FakeWiring, body: dict[str, Any], pointer: str
) -> None:
    reply = give(serve, world, body)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "xxx" not in reply["body"], "what was sent is not echoed"
    assert world.store.state.verdicts == {}


@pytest.mark.parametrize(
    ("reason", "stored"),
    [
        ("😀" * 1000, "😀" * 1000),
        (" well chosen \n", "well chosen"),
        ("", None),
        (" \t", None),
        (None, None),
    ],
    ids=["longest", "spaces around", "empty", "blank", "null"],
)
def test_an_acceptance_may_say_why(
    serve: Serve, world: FakeWiring, reason: str | None, stored: str | None
) -> None:
    reply = give(serve, world, {"verdict": "accepted", "reason": reason})

    assert reply["statusCode"] == 201
    assert [(v.accepted, v.reason) for v in world.store.state.verdicts.values()] == [(True, stored)]


@pytest.mark.parametrize(
    ("user_id", "role", "status"),
    [
        (ADVISOR.user_id, "advisor", 201),
        (ADMIN.user_id, "admin", 201),
        (STUDENT, "student", 403),
    ],
)
def test_it_is_for_staff(
    serve: Serve, world: FakeWiring, user_id: str, role: str, status: int
) -> None:
    reply = give(serve, world, GOOD, requestContext=as_caller(FUNCTION, user_id, role=role))

    assert reply["statusCode"] == status
    assert len(world.store.state.verdicts) == (status == 201)


@pytest.mark.parametrize("unknown", ["recommendationId", "credentialId"])
@pytest.mark.parametrize("id", ["nonsense", "019b7a01-0000-7000-8000-00000000dead"])
def test_what_is_unknown_is_not_found(
    serve: Serve, world: FakeWiring, unknown: str, id: str
) -> None:
    ids = {"recommendationId": RECOMMENDATION, "credentialId": RECOMMENDED} | {unknown: id}
    path = "/api/v1/recommendations/{recommendationId}/items/{credentialId}/verdict".format(**ids)
    context = sample(FUNCTION)["requestContext"]
    context["http"]["path"] = path

    reply = give(serve, world, GOOD, rawPath=path, pathParameters=ids, requestContext=context)

    assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")


def test_the_same_request_again_gets_the_first_answer_again(
    serve: Serve, world: FakeWiring
) -> None:
    first = serve(FUNCTION, world)
    give(serve, world, {"verdict": "accepted"})

    again = serve(FUNCTION, world)
    other = serve(FUNCTION, world, body=f"{sample(FUNCTION)['body']} ")

    assert (again["statusCode"], again["body"]) == (first["statusCode"], first["body"])
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first["headers"]
    assert (other["statusCode"], body_of(other)["code"]) == (409, "idempotency_conflict")


def test_the_event_is_sent_at_once_and_when_the_bus_is_away_later(
    serve: Serve, world: FakeWiring
) -> None:
    serve(FUNCTION, world)
    world.bus.is_available = False

    reply = give(serve, world, GOOD)

    assert reply["statusCode"] == 201
    told = [event.type for event in world.store.state.outbox.values()]
    assert told == [EventType.RECOMMENDATION_FEEDBACK] * 2
    assert len(world.bus.published) == len(world.store.state.sent) == 1
