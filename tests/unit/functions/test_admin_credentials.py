"""What the handlers of the catalog add: bodies, statuses, pages, problems, and who may."""

import json
from typing import Any

import pytest

from tests.builders import an_acceptable_credential
from tests.fakes.sample_world import STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample

CREDENTIAL = an_acceptable_credential(
    id="019b7a01-0000-7000-8000-000000000030", slug="designing-apis"
)
UNKEYED = {"content-type": "application/json"}
WRITES = {
    "create_credential": 201,
    "update_credential": 200,
    "deactivate_credential": 200,
    "restore_credential": 200,
}
READS = ("list_credentials", "get_credential", "list_credential_versions", "get_index")


@pytest.fixture
def world() -> FakeWiring:
    """The catalog has the credential that the samples change, and another of its level."""
    world = world_at(Stage.LOGGED_IN)
    with world.store.begin() as repositories:
        repositories.credentials.put(CREDENTIAL, content_hash="1")
    return world


@pytest.fixture
def empty() -> FakeWiring:
    """The catalog does not have it."""
    return world_at(Stage.LOGGED_IN)


def written(**changes: Any) -> str:
    return json.dumps(json.loads(sample("create_credential")["body"]) | changes)


def create(serve: Serve, world: FakeWiring, **changes: Any) -> dict[str, Any]:
    return serve("create_credential", world, headers=UNKEYED, body=written(**changes))


def test_creating_answers_with_the_credential_its_changes_and_warnings(
    serve: Serve, empty: FakeWiring
) -> None:
    reply = create(serve, empty, outcomes=["Knowledge of interfaces"])

    body = body_of(reply)
    entry = empty.store.state.credentials["designing-apis"]
    assert reply["statusCode"] == 201
    assert (body["dryRun"], body["changed"]) == (False, True)
    credential = body["credential"]
    assert (credential["id"], credential["version"]) == (entry.credential.id, 1)
    assert (credential["active"], credential["origin"]) == (True, "admin")
    assert credential["contentHash"] == entry.content_hash
    assert credential["content"] == {
        **json.loads(written(outcomes=["Knowledge of interfaces"])),
        "effort": None,
    }
    assert {c["field"] for c in body["changes"]} >= {"slug", "title", "active", "origin"}
    assert [(w["check"], w["pointer"]) for w in body["warnings"]] == [
        ("outcome-verb", "/outcomes/0")
    ]


def test_a_dry_run_answers_200_without_an_id_and_writes_nothing(
    serve: Serve, empty: FakeWiring
) -> None:
    before = empty.store.state.copy()

    reply = serve("create_credential", empty, queryStringParameters={"dryRun": "true"})

    body = body_of(reply)
    assert (reply["statusCode"], body["dryRun"], body["changed"]) == (200, True, True)
    assert body["credential"]["id"] is None
    assert empty.store.state == before


@pytest.mark.parametrize("function", [f for f in WRITES if f != "create_credential"])
def test_every_write_can_be_previewed(serve: Serve, world: FakeWiring, function: str) -> None:
    before = world.store.state.copy()

    reply = serve(function, world, queryStringParameters={"dryRun": "true"})

    body = body_of(reply)
    assert (reply["statusCode"], body["dryRun"], body["changed"]) == (200, True, True)
    assert body["credential"]["id"] == CREDENTIAL.id
    assert world.store.state == before


def test_an_update_says_what_changed(serve: Serve, world: FakeWiring) -> None:
    body = body_of(serve("update_credential", world))

    changes = {c["field"]: (c["before"], c["after"]) for c in body["changes"]}
    assert changes["title"] == ("Designing APIs", "Designing HTTP APIs")
    assert changes["origin"] == ("seeds", "admin")
    assert "provider" not in changes


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"title": 5}, "invalid_request", "/title"),
        ({"id": "x"}, "invalid_request", "/id"),
        ({"title": "a\0b"}, "invalid_request", "/title"),
        ({"slug": "No Slug"}, "invalid_content", "/slug"),
        ({"level": "expert"}, "invalid_content", "/level"),
        ({"skills": ["sql", "juggling"]}, "invalid_content", "/skills/1"),
        ({"url": "https://example.org"}, "invalid_content", "/url"),
    ],
)
def test_bad_content_is_refused_by_its_place(
    serve: Serve, empty: FakeWiring, change: dict[str, Any], code: str, pointer: str
) -> None:
    reply = create(serve, empty, **change)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, code)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "designing-apis" not in empty.store.state.credentials


def test_a_slug_that_is_taken_is_a_conflict(serve: Serve, world: FakeWiring) -> None:
    reply = create(serve, world)

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "slug_taken")


def test_the_last_of_a_track_and_level_is_a_conflict_that_names_them(
    serve: Serve, world: FakeWiring
) -> None:
    with world.store.begin() as repositories:
        repositories.credentials.deactivate_all_but([CREDENTIAL.slug])

    reply = serve("deactivate_credential", world)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (409, "coverage_gap")
    assert "intermediate" in problem["detail"]
    assert "backend-engineer" in problem["detail"]


def test_the_same_key_gets_the_same_answer(serve: Serve, empty: FakeWiring) -> None:
    first = serve("create_credential", empty)

    again = serve("create_credential", empty)

    assert (again["statusCode"], again["body"]) == (201, first["body"])
    assert again["headers"]["Idempotency-Replayed"] == "true"
    other = serve("create_credential", empty, body=written(slug="other"))
    assert (other["statusCode"], body_of(other)["code"]) == (409, "idempotency_conflict")


def test_the_catalog_pages_by_slug(serve: Serve, world: FakeWiring) -> None:
    query = {"limit": "1"}
    first = body_of(serve("list_credentials", world, queryStringParameters=query))
    query["cursor"] = first["nextCursor"]
    second = body_of(serve("list_credentials", world, queryStringParameters=query))

    slugs = [page["items"][0]["content"]["slug"] for page in (first, second)]
    assert slugs == sorted(world.store.state.credentials)
    assert second["nextCursor"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "apis"}, 1),
        ({"trackId": "backend-engineer", "level": "intermediate", "active": "true"}, 2),
        ({"active": "false"}, 0),
        ({"provider": "Nobody"}, 0),
        ({"level": "advanced"}, 0),
    ],
)
def test_the_catalog_is_filtered(
    serve: Serve, world: FakeWiring, query: dict[str, str], found: int
) -> None:
    reply = serve("list_credentials", world, queryStringParameters=query)

    assert len(body_of(reply)["items"]) == found


@pytest.mark.parametrize(
    "query", [{"level": "expert"}, {"active": "perhaps"}, {"q": ""}, {"cursor": "?"}]
)
def test_a_bad_filter_is_refused(serve: Serve, world: FakeWiring, query: dict[str, str]) -> None:
    reply = serve("list_credentials", world, queryStringParameters=query)

    (error,) = body_of(reply)["errors"]
    assert (reply["statusCode"], error["pointer"]) == (422, f"query/{next(iter(query))}")


def test_history_comes_newest_first_in_pages(serve: Serve, world: FakeWiring) -> None:
    serve("update_credential", world)
    serve("deactivate_credential", world)

    query = {"limit": "2"}
    first = body_of(serve("list_credential_versions", world, queryStringParameters=query))
    query["cursor"] = first["nextCursor"]
    second = body_of(serve("list_credential_versions", world, queryStringParameters=query))

    versions = [*first["items"], *second["items"]]
    assert [v["version"] for v in versions] == [3, 2, 1]
    assert [v["active"] for v in versions] == [False, True, True]
    assert versions[2]["changedBy"] is None
    assert versions[0]["changedBy"] == STUDENT, "the sample's caller, here an admin"
    assert versions[0]["changedAt"] == "2026-01-01T12:00:00.000Z"


def test_the_index_names_what_is_stale(serve: Serve, world: FakeWiring) -> None:
    assert body_of(serve("get_index", world)) == {
        "model": "fake-words",
        "dimensions": 256,
        "configuredModel": "fake-words",
        "active": 2,
        "inactive": 0,
        "embedded": 1,
        "stale": 1,
        "missing": 1,
        "staleCredentials": [{"id": CREDENTIAL.id, "slug": CREDENTIAL.slug, "missing": True}],
        "rebuildAdvised": True,
        "rebuild": None,
    }


def test_a_write_embeds_at_once_where_that_costs_nothing(serve: Serve, world: FakeWiring) -> None:
    serve("update_credential", world)
    assert body_of(serve("get_index", world))["stale"] == 0

    world.instant_embedder = None
    serve("update_credential", world, body=written(title="Designing other APIs"))

    assert body_of(serve("get_index", world))["stale"] == 1


@pytest.mark.parametrize("version", [0, -1, "1", 1.5, None, 2**31])
def test_what_is_no_version_is_refused(serve: Serve, world: FakeWiring, version: object) -> None:
    reply = serve("restore_credential", world, body=json.dumps({"version": version}))

    (error,) = body_of(reply)["errors"]
    assert (reply["statusCode"], error["pointer"]) == (422, "/version")


def test_a_version_that_does_not_exist_is_not_found(serve: Serve, world: FakeWiring) -> None:
    assert serve("restore_credential", world, body='{"version":9}')["statusCode"] == 404


@pytest.mark.parametrize("function", [*WRITES, *READS])
@pytest.mark.parametrize("role", ["student", "advisor"])
def test_admins_alone_may(serve: Serve, world: FakeWiring, function: str, role: str) -> None:
    before = world.store.state.copy()

    reply = serve(function, world, requestContext=as_caller(function, STUDENT, role=role))

    assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")
    assert world.store.state == before
