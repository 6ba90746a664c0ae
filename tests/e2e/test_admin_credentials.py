"""Admins keep the catalog: over HTTP, in the database, and across a loading of the seeds."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.e2e.driver import TRACK, Client, Person, Student
from tests.e2e.operations import Operator

PATH: Final = "/admin/credentials"


def content(**changes: Any) -> dict[str, Any]:
    """A credential that no check has anything against."""
    mark = uuid4().hex
    return {
        "slug": f"long-lived-interfaces-{mark}",
        "title": f"Long-lived Interfaces {mark}",
        "provider": f"Railway Academy {mark}",
        "url": f"https://railway.academy/{mark}",
        "level": "advanced",
        "hours": 12,
        "effort": None,
        "format": "course",
        "skills": ["rest-api-design"],
        "tracks": [TRACK],
        "description": " ".join(uuid4().hex[:7] for _ in range(30)),
        "outcomes": [f"Deprecate an interface without a surprise, as {mark} shows"],
        "source": "provider page",
    } | changes


@pytest.fixture
def created(admin: Person) -> Iterator[Mapping[str, Any]]:
    """A credential of an admin's, deactivated afterwards."""
    reply = admin.post(PATH, content()).expect(201)
    yield reply["credential"]
    admin.call("DELETE", f"{PATH}/{reply['credential']['id']}").expect(200)


def path_of(credential: Mapping[str, Any]) -> str:
    return f"{PATH}/{credential['id']}"


def audit_of(operator: Operator, credential: Mapping[str, Any]) -> list[dict[str, Any]]:
    return operator.rows(
        "SELECT * FROM audit_logs WHERE subject = :id ORDER BY number", id=credential["id"]
    )


def test_a_credential_is_created_changed_deactivated_and_restored(
    admin: Person, operator: Operator, created: Mapping[str, Any]
) -> None:
    first = created["content"]
    renamed = first | {"title": f"{first['title']}, revised"}

    update = admin.put(path_of(created), renamed).expect(200)
    gone = admin.call("DELETE", path_of(created)).expect(200)
    back = admin.post(f"{path_of(created)}/restore", {"version": 1}).expect(200)

    assert [(c["field"], c["after"]) for c in update["changes"]] == [("title", renamed["title"])]
    assert [(c["field"], c["after"]) for c in gone["changes"]] == [("active", False)]
    assert admin.get(path_of(created)).expect(200) == back["credential"]
    assert back["credential"]["content"] == first
    versions = admin.get(f"{path_of(created)}/versions").expect(200)["items"]
    assert [(v["version"], v["active"]) for v in versions] == [
        (4, True),
        (3, False),
        (2, True),
        (1, True),
    ]
    assert {v["changedBy"] for v in versions} == {admin.id}
    rows = audit_of(operator, created)
    assert [row["action"] for row in rows] == [
        f"credential.{done}" for done in ("created", "updated", "deactivated", "restored")
    ]
    hashes = [row["details"]["after"]["hash"] for row in rows]
    assert [row["details"]["before"] and row["details"]["before"]["hash"] for row in rows] == [
        None,
        *hashes[:-1],
    ]
    assert {row["actor"] for row in rows} == {admin.id}


def test_it_is_in_the_index_at_once_and_found_by_its_filters(
    admin: Person, created: Mapping[str, Any]
) -> None:
    provider = created["content"]["provider"]
    query = f"trackId={TRACK}&level=advanced&active=true&q={created['content']['slug'][-8:]}"
    found = admin.get(f"{PATH}?{query}").expect(200)
    by_provider = admin.get(f"{PATH}?provider={provider}").expect(200)

    assert found["items"] == by_provider["items"] == [created]
    index = admin.get("/admin/index").expect(200)
    assert (index["model"], index["dimensions"]) == ("wordllama-256", 256)
    assert (index["stale"], index["staleCredentials"]) == (0, [])
    assert index["embedded"] == index["active"]


def test_the_whole_catalog_can_be_paged_through(admin: Person) -> None:
    slugs, cursor = list[str](), ""
    while True:
        page = admin.get(f"{PATH}?limit=100&active=true{cursor}").expect(200)
        slugs += [item["content"]["slug"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"

    assert len(slugs) == admin.get("/admin/index").expect(200)["active"]
    assert slugs == sorted(set(slugs))


def test_dry_runs_tell_and_write_nothing(
    admin: Person, operator: Operator, created: Mapping[str, Any]
) -> None:
    before = operator.rows("SELECT count(*) AS n FROM credential_versions")
    edited = created["content"] | {"hours": 99}

    new = admin.post(f"{PATH}?dryRun=true", content(), key=uuid4().hex).expect(200)
    update = admin.put(f"{path_of(created)}?dryRun=true", edited).expect(200)
    gone = admin.call("DELETE", f"{path_of(created)}?dryRun=true").expect(200)

    assert new["credential"]["id"] is None
    assert update["credential"]["content"] == edited
    assert not gone["credential"]["active"]
    assert admin.get(path_of(created)).expect(200) == created
    assert operator.rows("SELECT count(*) AS n FROM credential_versions") == before
    assert len(audit_of(operator, created)) == 1


def test_warnings_are_told_and_errors_refused(admin: Person) -> None:
    vague = content(description="Too short.", outcomes=[f"Knowledge of {uuid4().hex}"])
    warned = admin.post(f"{PATH}?dryRun=true", vague).expect(200)
    assert {(w["check"], w["pointer"]) for w in warned["warnings"]} == {
        ("description-length", "/description"),
        ("outcome-verb", "/outcomes/0"),
    }

    refused = admin.post(PATH, content(skills=["juggling"], tracks=["poet"]))
    problem = refused.expect_problem(422, "invalid_content")
    assert [e["pointer"] for e in problem["errors"]] == ["/skills/0", "/tracks/0"]
    refused = admin.post(PATH, content(url="https://localhost/x"))
    problem = refused.expect_problem(422, "invalid_content")
    assert [e["pointer"] for e in problem["errors"]] == ["/url"]


def test_a_copy_of_what_is_there_is_refused(admin: Person, created: Mapping[str, Any]) -> None:
    own = created["content"]
    admin.post(PATH, own).expect_problem(409, "slug_taken")

    again = admin.post(PATH, own | {"slug": f"again-{uuid4().hex}"})

    problem = again.expect_problem(422, "invalid_content")
    assert own["slug"] in problem["detail"]


def test_the_same_key_creates_once(admin: Person) -> None:
    key, body = uuid4().hex, content()
    with ThreadPoolExecutor(4) as threads:
        sent = [threads.submit(admin.post, PATH, body, key=key) for _ in range(4)]
        replies = [one.result() for one in sent]

    answers = [reply.expect(201) for reply in replies]
    assert all(answer == answers[0] for answer in answers)
    assert sum("idempotency-replayed" in reply.headers for reply in replies) == 3
    admin.call("DELETE", path_of(answers[0]["credential"])).expect(200)


def test_the_last_credential_of_a_track_and_level_stays_whoever_asks_at_once(
    admin: Person, operator: Operator
) -> None:
    """All of a track's level are deactivated at once: one is refused, by name."""
    query = f"{PATH}?trackId={TRACK}&level=advanced&active=true&limit=100"
    items = admin.get(query).expect(200)["items"]
    changed: list[Mapping[str, Any]] = []
    try:
        with ThreadPoolExecutor(4) as threads:
            sent = [threads.submit(admin.call, "DELETE", path_of(item)) for item in items]
            replies = [(item, one.result()) for item, one in zip(items, sent, strict=True)]
        changed = [item for item, reply in replies if reply.status == 200]
        refused = [reply for _, reply in replies if reply.status != 200]
        assert refused
        for reply in refused:
            problem = reply.expect_problem(409, "coverage_gap")
            assert "advanced credential of " in problem["detail"]
        assert admin.get(query).expect(200)["items"]
        last = admin.get(query).expect(200)["items"][0]
        moved = last["content"] | {"level": "beginner"}
        admin.put(path_of(last), moved).expect_problem(409, "coverage_gap")
    finally:
        for item in changed:
            body = {"version": item["version"]}
            admin.post(f"{path_of(item)}/restore", body).expect(200)
    assert operator.invoke("load_seeds", {})["credentials"].get("updated") is None


def test_loading_seeds_keeps_what_admins_did(
    admin: Person, operator: Operator, created: Mapping[str, Any]
) -> None:
    (item,) = admin.get(f"{PATH}?level=beginner&limit=1").expect(200)["items"]
    assert item["origin"] == "seeds"
    admin.put(path_of(item), item["content"] | {"hours": 1234}).expect(200)

    loaded = operator.invoke("load_seeds", {})

    assert loaded["credentials"]["kept"] >= 1
    assert "deactivated" not in loaded["credentials"]
    assert admin.get(path_of(item)).expect(200)["content"]["hours"] == 1234
    assert admin.get(path_of(created)).expect(200) == created

    restored = admin.post(f"{path_of(item)}/restore", {"version": item["version"]}).expect(200)
    assert restored["credential"]["origin"] == "seeds"
    assert "kept" not in operator.invoke("load_seeds", {})["credentials"]


def test_a_recommendation_keeps_its_copy(admin: Person, student: Student) -> None:
    attempt, result = student.take()
    recommended = result["recommendation"]["items"][0]
    entry = admin.get(f"{PATH}/{recommended['credentialId']}").expect(200)
    edited = entry["content"] | {"title": f"Renamed {uuid4().hex}"}
    try:
        admin.put(path_of(entry), edited).expect(200)

        assert student.result(attempt) == result
    finally:
        body = {"version": entry["version"]}
        admin.post(f"{path_of(entry)}/restore", body).expect(200)


def test_nobody_but_admins_comes_in(
    nobody: Client, student: Student, advisor: Person, created: Mapping[str, Any]
) -> None:
    for path in (PATH, path_of(created), f"{path_of(created)}/versions", "/admin/index"):
        nobody.get(path).expect_problem(401, "unauthenticated")
        for person in (student, advisor):
            person.get(path).expect_problem(403, "forbidden")
    for person in (student, advisor):
        person.post(PATH, content()).expect_problem(403, "forbidden")
        person.put(path_of(created), created["content"]).expect_problem(403, "forbidden")
        person.call("DELETE", path_of(created)).expect_problem(403, "forbidden")
        restore = person.post(f"{path_of(created)}/restore", {"version": 1})
        restore.expect_problem(403, "forbidden")


@pytest.mark.parametrize("unknown", ["nonsense", "%27%20OR%201=1--", "0" * 36])
def test_what_is_no_credential_is_not_found(admin: Person, unknown: str) -> None:
    admin.get(f"{PATH}/{unknown}").expect_problem(404, "not_found")
    admin.put(f"{PATH}/{unknown}", content()).expect_problem(404, "not_found")
    admin.call("DELETE", f"{PATH}/{unknown}").expect_problem(404, "not_found")
