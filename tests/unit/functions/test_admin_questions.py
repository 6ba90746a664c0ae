"""What the handlers of questions add: bodies, statuses, problems, and who may."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.question import QuestionId
from tests.builders import a_theoretical_question, three_options
from tests.fakes.sample_world import STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample

ID = QuestionId("019b7a01-0000-7000-8000-000000000020")
UNKEYED = {"content-type": "application/json"}
WRITES = ("create_question", "update_question", "deactivate_question", "restore_question")
READS = ("list_questions", "get_question", "list_question_versions")


@pytest.fixture
def world() -> FakeWiring:
    """The pool can spare the question that the samples change, whose version 2 is acceptable."""
    world = world_at(Stage.LOGGED_IN)
    spare = a_theoretical_question(options=three_options())
    first = replace(spare, id=ID, slug=f"t-{ID}", prompt="What is a lock for?")
    with world.store.begin() as repositories:
        repositories.questions.put(spare, content_hash="spare")
        repositories.questions.put(first, content_hash="first")
    return world


def create(serve: Serve, world: FakeWiring, **changes: Any) -> dict[str, Any]:
    body = json.loads(sample("create_question")["body"]) | changes
    return serve("create_question", world, headers=UNKEYED, body=json.dumps(body))


def test_creating_answers_with_the_question_as_written(serve: Serve, world: FakeWiring) -> None:
    reply = create(serve, world)

    body = body_of(reply)
    question = body["question"]
    content = question["content"]
    sent = json.loads(sample("create_question")["body"])
    assert reply["statusCode"] == 201
    assert (body["dryRun"], body["changed"], question["version"]) == (False, True, 1)
    assert (question["active"], question["origin"]) == (True, "admin")
    assert {name: content[name] for name in sent if name != "options"} == {
        name: value for name, value in sent.items() if name != "options"
    }
    assert content["options"] == [option | {"interests": None} for option in sent["options"]]
    assert content["rubric"] is content["freeText"] is content["maxLength"] is None


@pytest.mark.parametrize("number", range(10))
def test_what_is_read_can_be_written_back(serve: Serve, world: FakeWiring, number: int) -> None:
    """Of every type: nulls of what a type lacks are taken for what they are."""
    page = body_of(serve("list_questions", world, queryStringParameters={"limit": "20"}))
    entry = page["items"][number]
    path = {"questionId": entry["id"]}

    reply = serve(
        "update_question",
        world,
        pathParameters=path,
        rawPath=f"/api/v1/admin/questions/{entry['id']}",
        body=json.dumps(entry["content"]),
    )

    problem = body_of(reply)
    unknown = [e["pointer"] for e in problem.get("errors", []) if "not permitted" in e["detail"]]
    assert unknown == []


@pytest.mark.parametrize("function", WRITES)
def test_every_write_can_be_previewed(serve: Serve, world: FakeWiring, function: str) -> None:
    before = world.store.state.copy()

    reply = serve(function, world, queryStringParameters={"dryRun": "true"})

    body = body_of(reply)
    assert (reply["statusCode"], body["dryRun"], body["changed"]) == (200, True, True)
    assert (body["question"]["id"] is None) == (function == "create_question")
    assert world.store.state == before


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"prompt": 5}, "invalid_request", "/prompt"),
        ({"type": "riddle"}, "invalid_request", "/type"),
        ({"id": "x"}, "invalid_request", "/id"),
        ({"slug": "No Slug"}, "invalid_content", "/slug"),
        ({"trackId": "poet"}, "invalid_content", "/trackId"),
        ({"freeText": True}, "invalid_content", "/freeText"),
        ({"skills": ["juggling"]}, "invalid_content", "/skills"),
    ],
)
def test_bad_content_is_refused_by_its_place(
    serve: Serve, world: FakeWiring, change: dict[str, Any], code: str, pointer: str
) -> None:
    reply = create(serve, world, **change)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, code)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "be-t-900" not in world.store.state.questions


def test_a_slug_that_is_taken_is_a_conflict(serve: Serve, world: FakeWiring) -> None:
    create(serve, world)

    reply = create(serve, world)

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "slug_taken")


def test_a_pool_that_its_track_needs_is_a_conflict_that_names_it(serve: Serve) -> None:
    reply = serve("deactivate_question", world_at(Stage.LOGGED_IN))

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (409, "pool_too_small")
    assert "backend-engineer" in problem["detail"]


def test_the_same_key_gets_the_same_answer(serve: Serve, world: FakeWiring) -> None:
    first = serve("create_question", world)

    again = serve("create_question", world)

    assert (again["statusCode"], again["body"]) == (201, first["body"])
    assert again["headers"]["Idempotency-Replayed"] == "true"


def test_questions_are_filtered_and_paged(serve: Serve, world: FakeWiring) -> None:
    serve("deactivate_question", world)

    def listed(**query: str) -> dict[str, Any]:
        return body_of(serve("list_questions", world, queryStringParameters=query))

    assert [item["id"] for item in listed(active="false")["items"]] == [ID]
    assert [item["id"] for item in listed(q=ID)["items"]] == [ID]
    assert listed(trackId="poet")["items"] == []
    first = listed(limit="6")
    second = listed(limit="6", cursor=first["nextCursor"])
    assert len(first["items"]) + len(second["items"]) == len(world.store.state.questions)
    assert second["nextCursor"] is None


def test_history_comes_newest_first(serve: Serve, world: FakeWiring) -> None:
    serve("update_question", world)

    page = body_of(serve("list_question_versions", world))

    assert [v["version"] for v in page["items"]] == [3, 2, 1]
    assert [v["origin"] for v in page["items"]] == ["admin", "seeds", "seeds"]
    assert [v["changedBy"] for v in page["items"]] == [STUDENT, None, None]


@pytest.mark.parametrize("function", [*WRITES, *READS])
@pytest.mark.parametrize("role", ["student", "advisor"])
def test_admins_alone_may(serve: Serve, world: FakeWiring, function: str, role: str) -> None:
    before = world.store.state.copy()

    reply = serve(function, world, requestContext=as_caller(function, STUDENT, role=role))

    assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")
    assert world.store.state == before
