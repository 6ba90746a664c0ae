from typing import Any

import pytest

from tests.builders import TRACK, a_provenance, a_rating, a_recommendation, feedback_on, later
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of
from tests.unit.usecases.scenes import ADMIN, ADVISOR

FUNCTION = "get_feedback_dashboard"
NOTHING = {
    "count": 0,
    "people": 0,
    "meanRelevance": None,
    "meanFit": None,
    "acceptedShare": None,
}


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.COMPLETED)


def hear(world: FakeWiring, *marks: int, on_item: bool = False) -> None:
    recommendation = world.store.state.recommendations[ASSESSMENT]
    (item,) = recommendation.items
    with world.store.begin() as repositories:
        repositories.credentials.put(item.credential, content_hash="1")
        for mark in marks:
            repositories.feedback.add(
                feedback_on(
                    recommendation,
                    item=item if on_item else None,
                    rating=a_rating(relevance=mark, fit=5, accepted=mark > 3),
                )
            )


def read(serve: Serve, world: FakeWiring, **query: str) -> dict[str, Any]:
    return serve(FUNCTION, world, queryStringParameters=query or None)


def test_what_is_said_is_shown_by_track_credential_and_prompt_version(
    serve: Serve, world: FakeWiring
) -> None:
    hear(world, 5)
    hear(world, 3, 4, 4, on_item=True)
    (item,) = world.store.state.recommendations[ASSESSMENT].items

    reply = read(serve, world)

    whole = NOTHING | {
        "count": 1,
        "people": 1,
        "meanRelevance": 5.0,
        "meanFit": 5.0,
        "acceptedShare": 1.0,
    }
    items = NOTHING | {
        "count": 3,
        "people": 3,
        "meanRelevance": 3.67,
        "meanFit": 5.0,
        "acceptedShare": 0.67,
    }
    assert reply["statusCode"] == 200
    assert body_of(reply) == {
        "since": None,
        "until": None,
        "trackId": None,
        "byTrack": [{"trackId": TRACK, "recommendations": whole, "items": items}],
        "byCredential": [
            {"credentialId": item.credential.id, "title": item.credential.title, **items}
        ],
        "withheld": 0,
        "byPromptVersion": [
            {
                "engine": "openai",
                "promptVersion": "summarize.v1",
                "recommendations": whole,
                "items": items,
            }
        ],
    }


def test_two_people_are_withheld(serve: Serve, world: FakeWiring) -> None:
    hear(world, 1, 5, on_item=True)

    body = body_of(read(serve, world))

    assert (body["byCredential"], body["withheld"]) == ([], 1)
    assert body["byTrack"][0]["recommendations"] == NOTHING


def test_an_engine_without_a_prompt_has_null_for_its_version(
    serve: Serve, world: FakeWiring
) -> None:
    template = a_provenance(engine="template", model=None, prompt_version=None, prompt_hash=None)
    recommendation = a_recommendation(assessment_id=ASSESSMENT, provenance=template)
    world.store.state.recommendations[ASSESSMENT] = recommendation
    hear(world, 2)

    (group,) = body_of(read(serve, world))["byPromptVersion"]

    assert (group["engine"], group["promptVersion"]) == ("template", None)


def test_the_query_selects_and_is_told_back_in_utc(serve: Serve, world: FakeWiring) -> None:
    hear(world, 2)

    body = body_of(
        read(
            serve,
            world,
            since="2026-01-01T13:00:00+01:00",
            until="2026-01-02",
            trackId=TRACK,
        )
    )

    assert (body["since"], body["until"], body["trackId"]) == (
        "2026-01-01T12:00:00.000Z",
        "2026-01-02T00:00:00.000Z",
        TRACK,
    )
    assert len(body["byTrack"]) == 1
    after = later(1).isoformat().replace("+00:00", "Z")
    for query in ({"since": after}, {"until": "2026-01-01"}, {"trackId": "another"}):
        assert body_of(read(serve, world, **query))["byTrack"] == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"since": "yesterday"}, "query/since"),
        ({"since": ""}, "query/since"),
        ({"until": "2026-02-30"}, "query/until"),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "query/until"),
        ({"trackId": ""}, "query/trackId"),
        ({"trackId": "x" * 101}, "query/trackId"),
    ],
)
def test_a_bad_query_is_refused(
    serve: Serve, world: FakeWiring, query: dict[str, str], pointer: str
) -> None:
    reply = read(serve, world, **query)

    assert reply["statusCode"] == 422
    assert [error["pointer"] for error in body_of(reply)["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("user_id", "role", "status"),
    [(ADVISOR.user_id, "advisor", 200), (ADMIN.user_id, "admin", 200), (STUDENT, "student", 403)],
)
def test_it_is_for_staff(
    serve: Serve, world: FakeWiring, user_id: str, role: str, status: int
) -> None:
    caller = as_caller(FUNCTION, user_id, role=role)

    assert serve(FUNCTION, world, requestContext=caller)["statusCode"] == status
