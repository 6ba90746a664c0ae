"""What the handler of files adds: types, sizes, previews, statuses, and who may."""

import base64
import io
import json
import zipfile
from typing import Any, Final

import pytest

from shared.adapters.content_files.archive import pack
from shared.adapters.content_files.yaml_text import dump
from shared.api.body import MAX_FILE_BYTES
from shared.domain.question_bank import written_question
from shared.ports.content_files import Download, FileType
from tests.builders import a_theoretical_question, three_options
from tests.fakes.sample_world import STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample

FUNCTION: Final = "transfer_content"
NEW: Final = written_question(
    a_theoretical_question(slug="new", prompt="What is a lock for?", options=three_options())
)
POOL: Final = {"trackId": "backend-engineer", "type": "theoretical"}


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.LOGGED_IN)


class Transfer:
    def __init__(self, serve: Serve, world: FakeWiring) -> None:
        self._serve = serve
        self._world = world

    def get(self, kind: str, **query: str) -> dict[str, Any]:
        return self._call("GET", f"/{kind}/export", query, None, {})

    def post(
        self, kind: str, content: bytes | str | None, media_type: str | None, **query: str
    ) -> dict[str, Any]:
        headers = {} if media_type is None else {"content-type": media_type}
        return self._call("POST", f"/{kind}/import", query, content, headers)

    def _call(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        content: bytes | str | None,
        headers: dict[str, str],
    ) -> dict[str, Any]:
        path = f"/api/v1/admin{path}"
        context = sample(FUNCTION)["requestContext"]
        is_binary = isinstance(content, bytes)
        return self._serve(
            FUNCTION,
            self._world,
            routeKey=f"{method} {path}",
            rawPath=path,
            requestContext=context | {"http": {**context["http"], "method": method, "path": path}},
            headers=headers,
            queryStringParameters=query,
            body=base64.b64encode(content).decode() if isinstance(content, bytes) else content,
            isBase64Encoded=is_binary,
        )


@pytest.fixture
def transfer(serve: Serve, world: FakeWiring) -> Transfer:
    return Transfer(serve, world)


def pool_file(**changes: Any) -> bytes:
    return dump({"questions": [NEW | changes]})


def test_an_import_is_a_preview_unless_it_is_applied(transfer: Transfer, world: FakeWiring) -> None:
    before = world.store.state.copy()

    queries: list[dict[str, str]] = [{}, {"apply": "false"}, {"dryRun": "true"}]
    for query in queries:
        reply = transfer.post("questions", pool_file(), "application/yaml", **POOL, **query)
        body = body_of(reply)
        assert (reply["statusCode"], body["dryRun"], body["created"]) == (200, True, 1)
        assert world.store.state == before


@pytest.mark.parametrize("query", [{"apply": "true"}, {"dryRun": "false"}])
def test_what_is_applied_is_written_and_told(
    transfer: Transfer, world: FakeWiring, query: dict[str, str]
) -> None:
    body = body_of(transfer.post("questions", pool_file(), "application/yaml", **POOL, **query))

    (change,) = body.pop("changes")
    assert body == {
        "dryRun": False,
        "created": 1,
        "updated": 0,
        "deactivated": 0,
        "unchanged": 0,
        "refused": 0,
        "errors": [],
    }
    assert {n: change[n] for n in ("file", "row", "slug", "action", "version", "changes")} == {
        "file": None,
        "row": 1,
        "slug": "new",
        "action": "created",
        "version": 1,
        "changes": [],
    }
    assert world.store.state.audit[-1].actor == sample_admin()
    changed = transfer.post("questions", pool_file(weight=2), "application/yaml", **POOL, **query)
    (change,) = body_of(changed)["changes"]
    assert (change["action"], change["version"]) == ("updated", 2)
    assert change["changes"] == [{"field": "weight", "before": 1.0, "after": 2.0}]


@pytest.mark.parametrize("both", ["true", "false"])
def test_a_preview_that_is_to_be_applied_is_neither(transfer: Transfer, both: str) -> None:
    reply = transfer.post("questions", pool_file(), "text/yaml", **POOL, apply=both, dryRun=both)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, "invalid_input")
    assert [e["pointer"] for e in problem["errors"]] == ["query/apply"]


def test_a_preview_names_errors_by_file_row_and_field(transfer: Transfer) -> None:
    path = "tracks/backend-engineer/theoretical.yaml"
    content = pack({path: pool_file(level="expert"), "stray.yaml": b""})

    body = body_of(transfer.post("questions", content, "application/zip"))

    assert (body["refused"], body["changes"]) == (2, [])
    stray, level = body["errors"]
    assert (stray["file"], stray["row"], stray["slug"]) == ("stray.yaml", None, None)
    assert {n: level[n] for n in ("file", "row", "slug", "pointer")} == {
        "file": path,
        "row": 1,
        "slug": "new",
        "pointer": "/level",
    }
    assert "'beginner', 'intermediate'" in level["detail"]


def test_an_import_with_errors_is_a_problem_that_names_them(
    transfer: Transfer, world: FakeWiring
) -> None:
    before = world.store.state.copy()
    content = dump({"questions": [NEW, NEW | {"id": "bad", "level": "expert"}]})

    reply = transfer.post("questions", content, "application/x-yaml", **POOL, apply="true")

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, "invalid_import")
    assert [error["pointer"] for error in problem["errors"]] == ["row 2/level"]
    assert world.store.state == before


def test_a_question_travels_as_qti(transfer: Transfer) -> None:
    transfer.post("questions", pool_file(), "application/yaml", **POOL, apply="true")
    reply = transfer.get("questions", format="qti")
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(reply["body"])))
    item = archive.read("items/backend-engineer/new.xml").decode()

    same = body_of(transfer.post("questions", item, "application/xml"))
    other = body_of(
        transfer.post("questions", item.replace("for?", "good for?"), "text/xml; charset=utf-8")
    )

    assert "imsmanifest.xml" in archive.namelist()
    assert (same["unchanged"], same["refused"]) == (1, 0)
    (change,) = other["changes"]
    assert [c["field"] for c in change["changes"]][-1] == "prompt"
    assert change["changes"][-1]["after"] == "What is a lock good for?"


@pytest.mark.parametrize(
    ("kind", "query", "type", "name"),
    [
        ("questions", {}, "application/zip", "assay-questions-yaml.zip"),
        (
            "questions",
            {"trackId": "backend-engineer"},
            "application/zip",
            "assay-questions-yaml.zip",
        ),
        ("questions", POOL, "application/yaml", "theoretical.yaml"),
        ("questions", {"format": "qti"}, "application/zip", "assay-questions-qti.zip"),
        ("credentials", {}, "text/csv", "assay-credentials.csv"),
        ("credentials", {"format": "json"}, "application/json", "assay-credentials.json"),
    ],
    ids=["all", "a-track", "a-pool", "qti", "csv", "json"],
)
def test_an_export_is_a_file_with_a_name(
    transfer: Transfer, kind: str, query: dict[str, str], type: str, name: str
) -> None:
    reply = transfer.get(kind, **query)

    headers = {n.lower(): v for n, v in reply["headers"].items()}
    assert (reply["statusCode"], headers["content-type"]) == (200, type)
    assert headers["content-disposition"] == f'attachment; filename="{name}"'
    assert reply["isBase64Encoded"]
    assert base64.b64decode(reply["body"])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [({"format": "pdf"}, "query/format"), ({"trackId": "poet"}, "query/trackId")],
)
def test_an_export_of_what_there_is_not_is_refused(
    transfer: Transfer, query: dict[str, str], pointer: str
) -> None:
    reply = transfer.get("questions", **query)

    assert reply["statusCode"] == 422
    assert [e["pointer"] for e in body_of(reply)["errors"]] == [pointer]


def test_an_export_that_no_answer_can_carry_says_how_to_get_it(
    transfer: Transfer, world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Download(name="x", type=FileType.CSV, content=b"x" * (MAX_FILE_BYTES + 1))

    def write(*_: object) -> Download:
        return large

    monkeypatch.setattr(world.content_files, "write_credentials", write)

    problem = body_of(transfer.get("credentials"))

    assert (problem["status"], problem["code"]) == (422, "export_too_large")
    assert "ask for one track, or use `assay content export`" in problem["detail"]


@pytest.mark.parametrize(
    ("kind", "type"),
    [
        ("questions", "text/csv"),
        ("questions", "application/json"),
        ("questions", None),
        ("credentials", "application/yaml"),
        ("credentials", "multipart/form-data; boundary=x"),
    ],
)
def test_another_type_is_refused_with_those_that_are_read(
    transfer: Transfer, kind: str, type: str | None
) -> None:
    reply = transfer.post(kind, "x", type)

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (415, "unsupported_media_type")
    assert ("application/zip" if kind == "questions" else "text/csv") in problem["detail"]


def test_a_body_that_is_too_large_is_refused_by_its_limit(transfer: Transfer) -> None:
    reply = transfer.post("credentials", "x" * (MAX_FILE_BYTES + 1), "text/csv")

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (413, "body_too_large")
    assert str(MAX_FILE_BYTES) in problem["detail"]
    assert "assay content import" in problem["detail"]


@pytest.mark.parametrize("kind", ["questions", "credentials"])
def test_nothing_is_nothing_to_import(transfer: Transfer, kind: str) -> None:
    reply = transfer.post(kind, None, None, apply="true")

    problem = body_of(reply)
    assert (reply["statusCode"], problem["code"]) == (422, "invalid_import")
    assert problem["errors"] == [{"pointer": "", "detail": "there is nothing to import"}]


def test_credentials_come_as_json_too(transfer: Transfer) -> None:
    exported = base64.b64decode(transfer.get("credentials", format="json")["body"])
    listed = json.loads(exported)
    listed["credentials"][0]["slug"] = "other"

    reply = transfer.post("credentials", json.dumps(listed), "application/json")

    body = body_of(reply)
    assert reply["statusCode"] == 200
    assert {error["slug"] for error in body["errors"]} == {"other"}


@pytest.mark.parametrize("role", ["student", "advisor"])
def test_admins_alone_may(serve: Serve, world: FakeWiring, role: str) -> None:
    before = world.store.state.copy()

    reply = serve(FUNCTION, world, requestContext=as_caller(FUNCTION, STUDENT, role=role))

    assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")
    assert world.store.state == before


def sample_admin() -> str:
    return sample(FUNCTION)["requestContext"]["authorizer"]["lambda"]["userId"]
