"""Admins keep the questions: over HTTP, beside running assessments and a loading of the seeds."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import uuid4

from tests.e2e.driver import TRACK, Client, Person, Student
from tests.e2e.operations import Operator

PATH: Final = "/admin/questions"


def path_of(question: Mapping[str, Any]) -> str:
    return f"{PATH}/{question['id']}"


def listed(admin: Person, query: str = "") -> list[Mapping[str, Any]]:
    return admin.get(f"{PATH}?trackId={TRACK}&limit=100{query}").expect(200)["items"]


def restore(admin: Person, question: Mapping[str, Any]) -> None:
    body = {"version": question["version"]}
    admin.post(f"{path_of(question)}/restore", body).expect(200)


def test_every_question_can_be_written_back_as_it_was_read(admin: Person) -> None:
    questions = listed(admin, "&active=true")
    by_type = {question["content"]["type"]: question for question in questions}

    assert set(by_type) == {"theoretical", "essay", "profile"}
    for question in by_type.values():
        reply = admin.put(f"{path_of(question)}?dryRun=true", question["content"]).expect(200)
        assert reply["question"]["contentHash"] == question["contentHash"]
        assert [change["field"] for change in reply["changes"]] == ["origin"]


def test_a_running_assessment_keeps_its_questions(
    admin: Person, student: Student, operator: Operator
) -> None:
    attempt = student.start()
    asked = attempt.questions[0]
    entry = admin.get(f"{PATH}/{asked['id']}").expect(200)
    edited = entry["content"] | {"prompt": f"{entry['content']['prompt']} {uuid4().hex}"}
    try:
        update = admin.put(path_of(entry), edited).expect(200)
        admin.call("DELETE", path_of(entry)).expect(200)

        opened = student.get(attempt.path).expect(200)
        assert opened["questions"][0]["prompt"] == asked["prompt"]
        assert update["question"]["version"] == entry["version"] + 1
        loaded = operator.invoke("load_seeds", {})
        assert loaded["questions"]["kept"] == 1
        now = admin.get(path_of(entry)).expect(200)
        assert (now["active"], now["content"]["prompt"]) == (False, edited["prompt"])
    finally:
        restore(admin, entry)
    rows = operator.rows(
        "SELECT * FROM audit_logs WHERE subject = :id ORDER BY number", id=entry["id"]
    )
    assert [row["action"] for row in rows] == [
        f"question.{done}" for done in ("updated", "deactivated", "restored")
    ]
    assert rows[0]["details"]["before"]["hash"] == entry["contentHash"]
    assert "kept" not in operator.invoke("load_seeds", {})["questions"]


def test_a_pool_keeps_what_its_track_asks_whoever_asks_at_once(admin: Person) -> None:
    pool = [q for q in listed(admin, "&active=true") if q["content"]["type"] == "essay"]
    gone: list[Mapping[str, Any]] = []
    try:
        with ThreadPoolExecutor(4) as threads:
            sent = [threads.submit(admin.call, "DELETE", path_of(q)) for q in pool]
            replies = [(q, one.result()) for q, one in zip(pool, sent, strict=True)]
        gone = [q for q, reply in replies if reply.status == 200]
        refused = [reply for _, reply in replies if reply.status != 200]

        assert len(refused) == 3
        for reply in refused:
            problem = reply.expect_problem(409, "pool_too_small")
            assert TRACK in problem["detail"]
    finally:
        for question in gone:
            restore(admin, question)


def test_a_question_is_created_once_for_a_key_and_refused_with_its_faults(admin: Person) -> None:
    profile = next(q for q in listed(admin) if q["content"]["freeText"])["content"]
    mark = uuid4().hex
    words = " ".join(uuid4().hex[:6] for _ in range(12))
    body = profile | {"slug": f"be-p-{mark}", "prompt": f"What draws you to {words}?"}
    key = uuid4().hex

    first = admin.post(PATH, body, key=key)
    again = admin.post(PATH, body, key=key)

    assert again.expect(201) == first.expect(201)
    assert again.headers["idempotency-replayed"] == "true"
    question = first.body["question"]
    assert question["content"]["slug"] == f"be-p-{mark}"
    admin.post(PATH, body).expect_problem(409, "slug_taken")
    refused = admin.post(PATH, body | {"slug": f"be-q-{mark}", "trackId": "poet"})
    problem = refused.expect_problem(422, "invalid_content")
    assert [error["pointer"] for error in problem["errors"]] == ["/trackId"]
    admin.call("DELETE", path_of(question)).expect(200)
    versions = admin.get(f"{path_of(question)}/versions").expect(200)["items"]
    assert [(v["version"], v["changedBy"]) for v in versions] == [(1, admin.id)]


def test_nobody_but_admins_comes_in(
    nobody: Client, student: Student, advisor: Person, admin: Person
) -> None:
    question = listed(admin)[0]
    for path in (PATH, path_of(question), f"{path_of(question)}/versions"):
        nobody.get(path).expect_problem(401, "unauthenticated")
        for person in (student, advisor):
            person.get(path).expect_problem(403, "forbidden")
    for person in (student, advisor):
        person.post(PATH, question["content"]).expect_problem(403, "forbidden")
        person.put(path_of(question), question["content"]).expect_problem(403, "forbidden")
        person.call("DELETE", path_of(question)).expect_problem(403, "forbidden")
