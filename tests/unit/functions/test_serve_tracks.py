"""What the handler of tracks adds: bodies, statuses, problems, and who may."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.builders import TRACK
from tests.fakes.sample_world import STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample

FUNCTION: Final = "serve_tracks"
WRITTEN: Final[dict[str, Any]] = {
    name: value for name, value in json.loads(sample(FUNCTION)["body"]).items() if name != "active"
}
NEW: Final = WRITTEN | {"id": "poet", "name": "Poet"}
WRITES: Final = (
    ("POST", "/tracks", NEW),
    ("PUT", "/tracks/{trackId}", WRITTEN),
    ("DELETE", "/tracks/{trackId}", None),
    ("POST", "/tracks/{trackId}/restore", {"version": 1}),
)
READS: Final = (
    ("GET", "/admin/tracks", None),
    ("GET", "/admin/tracks/{trackId}", None),
    ("GET", "/tracks/{trackId}/versions", None),
)


class Tracks:
    def __init__(self, serve: Serve, world: FakeWiring) -> None:
        self._serve = serve
        self._world = world

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        track_id: str = TRACK,
        role: str = "admin",
        key: str | None = None,
        **query: str,
    ) -> dict[str, Any]:
        template = f"/api/v1{path}"
        path = template.format(trackId=track_id)
        context = as_caller(FUNCTION, STUDENT, role=role)
        headers = {"content-type": "application/json"}
        return self._serve(
            FUNCTION,
            self._world,
            routeKey=f"{method} {template}",
            rawPath=path,
            pathParameters={"trackId": track_id},
            requestContext=context | {"http": {**context["http"], "method": method, "path": path}},
            headers=headers | ({"idempotency-key": key} if key else {}),
            queryStringParameters=query,
            body=None if body is None else json.dumps(body),
        )


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.ANSWERED)


@pytest.fixture
def tracks(serve: Serve, world: FakeWiring) -> Tracks:
    return Tracks(serve, world)


def test_creating_answers_with_an_inactive_track_as_written(tracks: Tracks) -> None:
    reply = tracks("POST", "/tracks", NEW)

    body = body_of(reply)
    assert (reply["statusCode"], body["dryRun"], body["changed"]) == (201, False, True)
    assert body["affected"] == {"runningAssessments": 0}
    track = body["track"]
    assert {n: track[n] for n in ("id", "version", "active", "origin", "content")} == {
        "id": "poet",
        "version": 1,
        "active": False,
        "origin": "admin",
        "content": NEW,
    }
    assert body_of(tracks("GET", "/admin/tracks/{trackId}", track_id="poet")) == track
    assert [c["field"] for c in body["changes"]] == ["active", "origin", *NEW]


def test_what_is_read_can_be_written_back(tracks: Tracks) -> None:
    content = body_of(tracks("GET", "/admin/tracks/{trackId}"))["content"]

    reply = tracks("PUT", "/tracks/{trackId}", content)

    body = body_of(reply)
    assert reply["statusCode"] == 200
    assert [c["field"] for c in body["changes"]] == ["origin"]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_every_write_can_be_previewed(
    tracks: Tracks, world: FakeWiring, method: str, path: str, body: Mapping[str, Any] | None
) -> None:
    tracks("PUT", "/tracks/{trackId}", WRITTEN | {"name": "Edited"})
    before = world.store.state.copy()

    reply = tracks(method, path, body, dryRun="true")

    said = body_of(reply)
    assert (reply["statusCode"], said["dryRun"], said["changed"]) == (200, True, True)
    assert said["affected"] == {"runningAssessments": 0 if path == "/tracks" else 1}
    assert world.store.state == before


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"name": 5}, "invalid_request", "/name"),
        ({"extra": 5}, "invalid_request", "/extra"),
        ({"active": True}, "invalid_request", "/active"),
        ({"id": "No Slug"}, "invalid_content", "/id"),
        ({"skillFocus": ["juggling"]}, "invalid_content", "/skillFocus"),
        ({"domains": []}, "invalid_content", "/domains"),
    ],
)
def test_bad_content_is_refused_by_its_place(
    tracks: Tracks, world: FakeWiring, change: dict[str, Any], code: str, pointer: str
) -> None:
    reply = tracks("POST", "/tracks", NEW | change)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, code)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert len(world.store.state.current_tracks) == 1


def test_an_id_that_is_taken_is_a_conflict(tracks: Tracks) -> None:
    reply = tracks("POST", "/tracks", WRITTEN)

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "slug_taken")


def test_a_track_without_its_questions_cannot_be_activated(tracks: Tracks) -> None:
    tracks("POST", "/tracks", NEW)

    reply = tracks("PUT", "/tracks/{trackId}", NEW | {"active": True}, track_id="poet")

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (409, "pool_too_small")
    assert "poet asks 3 theoretical (there are 0)" in problem["detail"]


def test_the_same_key_gets_the_same_answer(tracks: Tracks) -> None:
    first = tracks("POST", "/tracks", NEW, key="k")

    again = tracks("POST", "/tracks", NEW, key="k")

    assert (again["statusCode"], again["body"]) == (201, first["body"])
    assert again["headers"]["Idempotency-Replayed"] == "true"


def test_tracks_are_filtered_and_paged(tracks: Tracks) -> None:
    tracks("POST", "/tracks", NEW)

    def listed(**query: str) -> dict[str, Any]:
        return body_of(tracks("GET", "/admin/tracks", **query))

    assert [item["id"] for item in listed(active="true")["items"]] == [TRACK]
    assert [item["id"] for item in listed(active="false")["items"]] == ["poet"]
    first = listed(limit="1")
    second = listed(limit="1", cursor=first["nextCursor"])
    assert [item["id"] for item in first["items"] + second["items"]] == [TRACK, "poet"]
    assert second["nextCursor"] is None


def test_history_comes_newest_first_and_by_pages(tracks: Tracks) -> None:
    tracks("DELETE", "/tracks/{trackId}")

    page = body_of(tracks("GET", "/tracks/{trackId}/versions"))
    first = body_of(tracks("GET", "/tracks/{trackId}/versions", limit="1"))

    assert [(v["version"], v["active"], v["origin"]) for v in page["items"]] == [
        (2, False, "admin"),
        (1, True, "seeds"),
    ]
    assert [v["changedBy"] for v in page["items"]] == [STUDENT, None]
    assert len(first["items"]) == 1
    assert first["nextCursor"]


@pytest.mark.parametrize(("method", "path", "body"), [*WRITES[1:], *READS[1:]])
def test_what_does_not_exist_is_not_found(
    tracks: Tracks, method: str, path: str, body: Mapping[str, Any] | None
) -> None:
    reply = tracks(method, path, body, track_id="nobody")

    assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")


@pytest.mark.parametrize(("method", "path", "body"), [*WRITES, *READS])
@pytest.mark.parametrize("role", ["student", "advisor"])
def test_admins_alone_may(
    tracks: Tracks,
    world: FakeWiring,
    method: str,
    path: str,
    *,
    body: Mapping[str, Any] | None,
    role: str,
) -> None:
    before = world.store.state.copy()

    reply = tracks(method, path, body, role=role)

    assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")
    assert world.store.state == before
