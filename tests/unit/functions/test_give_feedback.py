"""What the handler adds: the body it takes, the answer it gives, its limits, and the event."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.event import EventType
from tests.fakes.sample_world import ASSESSMENT, RECOMMENDATION, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample
from tests.unit.usecases.scenes import ADMIN, ADVISOR, SOMEBODY_ELSE

FUNCTION = "give_feedback"
KEYED = {"content-type": "application/json", "idempotency-key": "key 1"}
UNKEYED = {"content-type": "application/json"}
GOOD: dict[str, Any] = {"relevance": 4, "fit": 3}


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.COMPLETED)


def give(serve: Serve, world: FakeWiring, body: object, **changes: object) -> dict[str, Any]:
    return serve(FUNCTION, world, **{"headers": UNKEYED, "body": json.dumps(body)} | changes)


def test_the_answer_is_what_was_said_without_the_comment(serve: Serve, world: FakeWiring) -> None:
    reply = serve(FUNCTION, world)

    (feedback,) = world.store.state.feedback.values()
    assert reply["statusCode"] == 201
    assert body_of(reply) == {
        "id": feedback.id,
        "recommendationId": RECOMMENDATION,
        "credentialId": None,
        "revision": 1,
        "relevance": 5,
        "fit": 4,
        "accepted": True,
        "createdAt": "2026-01-01T12:00:00.000Z",
    }
    assert feedback.rating.comment == "I will start with the first one."


def test_an_item_can_be_named(serve: Serve, world: FakeWiring) -> None:
    (item,) = world.store.state.recommendations[ASSESSMENT].items

    reply = give(serve, world, GOOD | {"credentialId": item.credential.id})

    assert body_of(reply)["credentialId"] == item.credential.id


def test_another_credential_cannot(serve: Serve, world: FakeWiring) -> None:
    reply = give(serve, world, GOOD | {"credentialId": "019b7a01-0000-7000-8000-00000000dead"})

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, "unknown_credential")
    assert [error["pointer"] for error in problem["errors"]] == ["/credentialId"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"relevance": 0}, "/relevance"),
        ({"relevance": 6}, "/relevance"),
        ({"relevance": 4.0}, "/relevance"),
        ({"relevance": "4"}, "/relevance"),
        ({"relevance": True}, "/relevance"),
        ({"relevance": None}, "/relevance"),
        ({"fit": 0}, "/fit"),
        ({"fit": 6}, "/fit"),
        ({"fit": 1e400}, ""),
        ({"accepted": "yes"}, "/accepted"),
        ({"accepted": 1}, "/accepted"),
        ({"comment": "x" * 1001}, "/comment"),
        ({"comment": "😀" * 1001}, "/comment"),
        ({"comment": "a\0b"}, "/comment"),
        ({"comment": "\ud800"}, "/comment"),
        ({"comment": 5}, "/comment"),
        ({"credentialId": ""}, "/credentialId"),
        ({"credentialId": "x" * 65}, "/credentialId"),
        ({"credential_id": "x"}, "/credential_id"),
        ({"rating": 5}, "/rating"),
    ],
)
def test_bad_input_is_refused_by_name(
    serve: Serve, world: FakeWiring, change: dict[str, Any], pointer: str
) -> None:
    reply = give(serve, world, GOOD | change)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "xxx" not in reply["body"], "what was sent is not echoed"
    assert world.store.state.feedback == {}


@pytest.mark.parametrize("missing", ["relevance", "fit"])
def test_both_marks_are_required(serve: Serve, world: FakeWiring, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}

    problem = body_of(give(serve, world, body))

    assert problem["errors"] == [{"pointer": f"/{missing}", "detail": "this field is required"}]


@pytest.mark.parametrize(
    ("comment", "stored"),
    [
        ("x" * 1000, "x" * 1000),
        ("😀" * 1000, "😀" * 1000),
        (" too hard \n", "too hard"),
        ("", None),
        (" \t\n", None),
        (None, None),
    ],
    ids=["longest", "longest of emoji", "spaces around", "empty", "blank", "null"],
)
def test_a_comment_is_kept_without_the_space_around_it(
    serve: Serve, world: FakeWiring, comment: str | None, stored: str | None
) -> None:
    assert give(serve, world, GOOD | {"comment": comment})["statusCode"] == 201

    assert [f.rating.comment for f in world.store.state.feedback.values()] == [stored]


def test_to_accept_or_not_is_left_open_where_nothing_is_said(
    serve: Serve, world: FakeWiring
) -> None:
    assert body_of(give(serve, world, GOOD))["accepted"] is None


@pytest.mark.parametrize(
    ("user_id", "role", "status"),
    [
        (STUDENT, "student", 201),
        (ADVISOR.user_id, "advisor", 201),
        (SOMEBODY_ELSE.user_id, "student", 404),
        (ADMIN.user_id, "admin", 403),
    ],
)
def test_the_owner_and_advisors_may(
    serve: Serve, world: FakeWiring, user_id: str, role: str, status: int
) -> None:
    caller = as_caller(FUNCTION, user_id, role=role)

    reply = give(serve, world, GOOD, requestContext=caller)

    assert reply["statusCode"] == status
    assert len(world.store.state.feedback) == (status == 201)


def test_a_resume_token_does_not_open_it(serve: Serve, world: FakeWiring) -> None:
    caller = as_caller(FUNCTION, STUDENT)
    caller["authorizer"]["lambda"]["assessmentId"] = ASSESSMENT

    assert give(serve, world, GOOD, requestContext=caller)["statusCode"] == 403


def test_the_same_request_again_gets_the_first_answer_again(
    serve: Serve, world: FakeWiring
) -> None:
    first = serve(FUNCTION, world, headers=KEYED)
    world.clock.advance(timedelta(minutes=1))
    give(serve, world, GOOD)

    again = serve(FUNCTION, world, headers=KEYED)

    assert (again["statusCode"], again["body"]) == (first["statusCode"], first["body"])
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first["headers"]


def test_the_same_key_with_another_body_conflicts(serve: Serve, world: FakeWiring) -> None:
    serve(FUNCTION, world, headers=KEYED)

    reply = serve(FUNCTION, world, headers=KEYED, body=f"{sample(FUNCTION)['body']} ")

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "idempotency_conflict")


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


def test_one_person_gets_sixty_at_once_and_then_one_every_five_seconds(
    serve: Serve, world: FakeWiring
) -> None:
    for _ in range(60):
        assert give(serve, world, GOOD)["statusCode"] == 201

    refused = give(serve, world, GOOD)

    assert (refused["statusCode"], body_of(refused)["code"]) == (429, "rate_limited")
    assert refused["headers"]["Retry-After"] == "5"
    assert len(world.store.state.feedback) == 60
    advisor = as_caller(FUNCTION, ADVISOR.user_id, role="advisor")
    assert give(serve, world, GOOD, requestContext=advisor)["statusCode"] == 201
    world.clock.advance(timedelta(seconds=5))
    assert give(serve, world, GOOD)["statusCode"] == 201
