"""Admins take content out as files and in again, and keep tracks: over HTTP, IAM enforced."""

import io
import json
import zipfile
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.e2e.driver import TRACK, Client, Person, Reply, Student
from tests.e2e.operations import Operator

QUESTIONS: Final = "/admin/questions"
CREDENTIALS: Final = "/admin/credentials"
TYPES: Final = {"zip": "application/zip", "csv": "text/csv", "json": "application/json"}


def load(admin: Client, path: str, content: bytes, media_type: str, query: str = "") -> Reply:
    return admin.send("POST", f"{path}/import{query}", content, content_type=media_type)


@pytest.mark.parametrize("format", ["yaml", "qti"])
def test_all_questions_come_back_as_they_went(admin: Person, format: str) -> None:
    exported = admin.get(f"{QUESTIONS}/export?format={format}")
    assert exported.status == 200
    assert exported.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(exported.content)).namelist()

    said = load(admin, QUESTIONS, exported.content, TYPES["zip"]).expect(200)

    assert f"tracks/{TRACK}/essay.yaml" in names or f"items/{TRACK}/be-e-001.xml" in names
    assert (said["dryRun"], said["refused"], said["created"], said["updated"]) == (True, 0, 0, 0)
    assert said["unchanged"] >= 290


@pytest.mark.parametrize("format", ["csv", "json"])
def test_all_credentials_come_back_as_they_went(admin: Person, format: str) -> None:
    exported = admin.get(f"{CREDENTIALS}/export?format={format}")
    assert exported.status == 200

    said = load(admin, CREDENTIALS, exported.content, TYPES[format], "?apply=true").expect(200)

    assert (said["dryRun"], said["created"], said["updated"]) == (False, 0, 0)
    assert said["unchanged"] >= 400


def test_an_import_is_looked_at_then_applied_and_audited(admin: Person, operator: Operator) -> None:
    exported = json.loads(admin.get(f"{CREDENTIALS}/export?format=json").content)
    entry = exported["credentials"][0]
    changed = entry | {"effort": f"about {uuid4().hex[:6]} weeks"}
    content = json.dumps({"credentials": [changed]}).encode()
    kept = admin.get(f"{CREDENTIALS}?q={entry['slug']}").expect(200)["items"][0]
    path = f"{CREDENTIALS}/{kept['id']}"

    preview = load(admin, CREDENTIALS, content, TYPES["json"]).expect(200)
    assert admin.get(path).expect(200) == kept
    try:
        applied = load(admin, CREDENTIALS, content, TYPES["json"], "?dryRun=false").expect(200)

        for said in (preview, applied):
            (change,) = said["changes"]
            assert (change["row"], change["action"]) == (1, "updated")
            assert {c["field"] for c in change["changes"]} == {"effort", "origin"}
        assert admin.get(path).expect(200)["content"]["effort"] == changed["effort"]
        rows = operator.rows(
            "SELECT * FROM audit_logs WHERE subject = :id ORDER BY number", id=kept["id"]
        )
        assert (rows[-1]["actor"], rows[-1]["action"]) == (admin.id, "credential.updated")
    finally:
        admin.post(f"{path}/restore", {"version": kept["version"]}).expect(200)


def test_one_bad_row_refuses_all_by_its_place(admin: Person) -> None:
    table = admin.get(f"{CREDENTIALS}/export?trackId={TRACK}").content.decode()
    header, first, *_ = table.splitlines()
    cells = first.split(",")
    bad = ",".join([f"{cells[0]}-{uuid4().hex[:8]}", *cells[1:]])
    content = f"{header}\r\n{bad}\r\n".encode()

    preview = load(admin, CREDENTIALS, content, TYPES["csv"]).expect(200)
    refused = load(admin, CREDENTIALS, content, TYPES["csv"], "?apply=true")

    assert {error["row"] for error in preview["errors"]} == {2}
    problem = refused.expect_problem(422, "invalid_import")
    assert all(error["pointer"].startswith("row 2") for error in problem["errors"])


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"x", "application/pdf", 415, "unsupported_media_type"),
        (b"x" * (4 * 1024 * 1024 + 9), "application/zip", 413, "body_too_large"),
        (
            b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            "application/xml",
            422,
            "invalid_import",
        ),
        (b"no zip", "application/zip", 422, "invalid_import"),
    ],
    ids=["type", "size", "entities", "no-zip"],
)
def test_what_cannot_be_read_is_refused(
    admin: Person, content: bytes, media_type: str, status: int, code: str
) -> None:
    reply = load(admin, QUESTIONS, content, media_type, "?apply=true")

    reply.expect_problem(status, code)


def test_a_track_is_drafted_filled_taken_and_withdrawn(
    admin: Person, student: Student, nobody: Client, operator: Operator
) -> None:
    source = admin.get(f"/admin/tracks/{TRACK}").expect(200)["content"]
    track_id = f"draft-{uuid4().hex[:8]}"
    mix = {"theoretical": 0, "essay": 1, "profile": 0}
    written: dict[str, Any] = source | {"id": track_id, "name": track_id, "questionMix": mix}

    draft = admin.post("/tracks", written, key=uuid4().hex).expect(201)["track"]
    assert (draft["active"], draft["version"]) == (False, 1)
    nobody.get(f"/tracks/{track_id}").expect_problem(404, "not_found")
    admin.put(f"/tracks/{track_id}", written | {"active": True}).expect_problem(
        409, "pool_too_small"
    )
    essay = an_essay_of(admin, track_id)
    query = f"?apply=true&trackId={track_id}&type=essay"
    pool = json.dumps({"questions": [essay]}).encode()
    said = load(admin, QUESTIONS, pool, "application/yaml", query).expect(200)
    assert said["created"] == 1

    admin.put(f"/tracks/{track_id}", written | {"active": True}).expect(200)
    started = student.post("/assessments/start", {"trackId": track_id}).expect(201)
    preview = admin.call("DELETE", f"/tracks/{track_id}?dryRun=true").expect(200)
    withdrawn = admin.call("DELETE", f"/tracks/{track_id}").expect(200)

    for change in (preview, withdrawn):
        assert change["affected"] == {"runningAssessments": 1}
        assert change["track"]["active"] is False
    student.post("/assessments/start", {"trackId": track_id}).expect_problem(404, "not_found")
    opened = student.get(f"/assessments/{started['assessmentId']}").expect(200)
    assert opened["questions"] == started["questions"]
    versions = admin.get(f"/tracks/{track_id}/versions").expect(200)["items"]
    assert [(v["version"], v["active"]) for v in versions] == [(3, False), (2, True), (1, False)]
    assert {v["changedBy"] for v in versions} == {admin.id}
    rows = operator.rows(
        "SELECT action FROM audit_logs WHERE subject = :id ORDER BY number", id=track_id
    )
    assert [row["action"] for row in rows] == [
        "track.created",
        "track.updated",
        "track.deactivated",
    ]
    question = admin.get(f"{QUESTIONS}?trackId={track_id}").expect(200)["items"][0]
    admin.call("DELETE", f"{QUESTIONS}/{question['id']}").expect(200)


def an_essay_of(admin: Person, track_id: str) -> dict[str, Any]:
    """An essay of nonsense, by the names of the seeds, which is like no other one."""
    entry = admin.get(f"{QUESTIONS}?trackId={TRACK}&q=be-e-001").expect(200)["items"][0]
    content = {n: v for n, v in entry["content"].items() if v is not None}
    for name in ("slug", "trackId", "type"):
        del content[name]

    def nonsense(words: int) -> str:
        return " ".join(uuid4().hex[:7] for _ in range(words))

    points: list[dict[str, Any]] = [
        {"id": f"k{n}", "text": f"{nonsense(8).capitalize()}.", "weight": 1, "terms": []}
        for n in range(1, 5)
    ]
    criteria = [
        {
            **criterion,
            "levels": [level | {"description": nonsense(9)} for level in criterion["levels"]],
        }
        for criterion in content["rubric"]["criteria"]
    ]
    answer = " ".join(point["text"] for point in points)
    return content | {
        "id": f"e-{track_id}",
        "prompt": f"What do you say about {nonsense(9)}?",
        "rubric": {"criteria": criteria, "keyPoints": points, "referenceAnswer": answer},
    }


def test_nobody_but_admins_comes_in(nobody: Client, student: Student, advisor: Person) -> None:
    for path in (f"{QUESTIONS}/export", f"{CREDENTIALS}/export", "/admin/tracks"):
        nobody.get(path).expect_problem(401, "unauthenticated")
        for person in (student, advisor):
            person.get(path).expect_problem(403, "forbidden")
    for person in (student, advisor):
        load(person, CREDENTIALS, b"x", TYPES["csv"]).expect_problem(403, "forbidden")
        person.post("/tracks", {}).expect_problem(403, "forbidden")
        person.call("DELETE", f"/tracks/{TRACK}").expect_problem(403, "forbidden")
