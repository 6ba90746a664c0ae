"""The index is rebuilt while it is searched and published to, and after it broke half-way."""

import contextlib
from collections.abc import Generator, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.e2e.driver import Client, Person, Student
from tests.e2e.operations import REBUILD_SECONDS, Operator
from tests.e2e.polling import eventually
from tests.e2e.test_admin_credentials import PATH, content, path_of

INDEX: Final = "/admin/index"
REBUILD: Final = "/admin/index/rebuild"
STALE: Final = """
    SELECT c.slug FROM credential_catalog c
    WHERE c.active AND NOT EXISTS (
        SELECT FROM embedding_artifacts e JOIN embedding_sets s USING (slot)
        WHERE s.status = 'active' AND e.credential_id = c.id AND e.content_hash = c.text_hash
    )
"""
RETRIEVED: Final = """
    SELECT finished_at FROM async_jobs
    WHERE assessment_id = :id AND kind = 'retrieve_credentials'
"""
BUILT: Final = """
    SELECT e.credential_id::text AS id, e.xmin::text AS written
    FROM embedding_artifacts e JOIN embedding_sets s USING (slot) WHERE s.id = :id
"""


@pytest.fixture(autouse=True)
def quiet(operator: Operator) -> Iterator[None]:
    """No other rebuild is in the way, and none is left behind."""
    operator.await_rebuild()
    yield
    operator.await_rebuild()


@contextlib.contextmanager
def before_each_batch(operator: Operator, does: str) -> Generator[None]:
    """Let the database do this before vectors go into the set that is being built."""
    name = f"e2e_{uuid4().hex}"
    function = f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.slot = (SELECT slot FROM embedding_sets WHERE status = 'building') THEN
                {does};
            END IF;
            RETURN NEW;
        END $$
    """  # noqa: S608 - a test's own words
    operator.change(function)
    operator.change(f"""
        CREATE TRIGGER {name} BEFORE INSERT ON embedding_artifacts
        FOR EACH ROW EXECUTE FUNCTION {name}()
    """)
    try:
        yield
    finally:
        operator.change(f"DROP TRIGGER {name} ON embedding_artifacts")
        operator.change(f"DROP FUNCTION {name}")


def rebuild_of(admin: Person) -> Mapping[str, Any]:
    found: Mapping[str, Any] = admin.get(INDEX).expect(200)["rebuild"]
    return found


def await_status(admin: Person, status: str) -> Mapping[str, Any]:
    eventually(
        lambda: rebuild_of(admin)["status"] == status,
        at_most=REBUILD_SECONDS,
        what=f"rebuild that has {status}",
    )
    return rebuild_of(admin)


def audited(operator: Operator, rebuild: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = operator.rows(
        "SELECT actor, action FROM audit_logs WHERE subject = :id ORDER BY number", id=rebuild["id"]
    )
    return [(row["actor"], row["action"]) for row in rows]


def test_the_index_is_rebuilt_while_it_is_searched_and_published_to(
    admin: Person, student: Student, operator: Operator
) -> None:
    before = operator.rows("SELECT id::text FROM embedding_sets")
    attempt = student.answer_all()
    with before_each_batch(operator, "PERFORM pg_sleep(0.12)"):
        started = admin.post(REBUILD).expect(202)
        rebuild = started["rebuild"]
        student.submit(attempt)
        created = admin.post(PATH, content()).expect(201)["credential"]
        eventually(lambda: rebuild_of(admin)["embedded"], at_most=60, what="batch")
        # Of the first batch, by their slugs, and so in the new set already.
        (early, *_) = admin.get(f"{PATH}?active=true&limit=1").expect(200)["items"]
        edited = early["content"] | {"outcomes": [f"Explain {uuid4().hex} to a colleague"]}
        admin.put(path_of(early), edited).expect(200)
        problem = admin.post(REBUILD).expect_problem(409, "rebuild_running")
        student.wait(attempt)
        result = student.result(attempt)
        ended = await_status(admin, "completed")
    assert (started["resumed"], rebuild["status"], rebuild["model"]) == (
        False,
        "running",
        "wordllama-256",
    )
    assert problem["conflictsWith"] == rebuild["id"]
    assert "GET /api/v1/admin/index" in problem["detail"]
    assert result["degraded"] is False
    assert result["recommendation"]["trace"]["embeddingModel"] == "wordllama-256"
    (retrieval,) = operator.rows(RETRIEVED, id=attempt.id)
    assert retrieval["finished_at"] < datetime.fromisoformat(ended["switchedAt"])
    assert (ended["id"], ended["run"], ended["percent"]) == (rebuild["id"], 1, 100)
    assert ended["embedded"] == ended["total"] == admin.get(INDEX).expect(200)["active"]
    assert operator.rows(STALE) == []
    sets = operator.rows("SELECT id::text, status FROM embedding_sets")
    assert sets == [{"id": rebuild["id"], "status": "active"}]
    assert sets[0]["id"] != before[0]["id"]
    (slots,) = operator.rows("SELECT count(DISTINCT slot) AS n FROM embedding_artifacts")
    assert slots["n"] == 1, "the old set is gone"
    assert audited(operator, rebuild) == [
        (admin.id, "index.rebuild_started"),
        (admin.id, "index.switched"),
    ]
    _, after = student.take()
    assert after["degraded"] is False
    admin.call("DELETE", path_of(created)).expect(200)
    admin.post(f"{path_of(early)}/restore", {"version": early["version"]}).expect(200)


def test_a_rebuild_that_broke_half_way_goes_on_where_it_stopped(
    admin: Person, student: Student, operator: Operator
) -> None:
    breaks = """
        IF (SELECT count(*) FROM embedding_artifacts WHERE slot = NEW.slot) >= 100 THEN
            RAISE EXCEPTION 'broken by a test';
        END IF
    """
    with before_each_batch(operator, breaks):
        rebuild = admin.post(REBUILD).expect(202)["rebuild"]
        failed = await_status(admin, "failed")
    kept = {row["id"]: row["written"] for row in operator.rows(BUILT, id=rebuild["id"])}
    assert 0 < failed["embedded"] == len(kept) < failed["total"]
    assert "broken by a test" in failed["failure"]
    assert failed["switchedAt"] is None
    assert operator.rows(STALE) == []
    _, result = student.take()
    assert result["degraded"] is False, "the old set is searched"

    resumed = admin.post(REBUILD).expect(202)
    ended = await_status(admin, "completed")

    assert (resumed["resumed"], resumed["rebuild"]["id"]) == (True, rebuild["id"])
    assert (ended["id"], ended["run"], ended["failure"]) == (rebuild["id"], 2, None)
    assert ended["embedded"] == ended["total"]
    now = {row["id"]: row["written"] for row in operator.rows(BUILT, id=rebuild["id"])}
    assert {one: now[one] for one in kept} == kept, "what was embedded was not embedded again"
    assert operator.rows(STALE) == []
    assert [action for _, action in audited(operator, rebuild)] == [
        "index.rebuild_started",
        "index.rebuild_resumed",
        "index.switched",
    ]


def test_nobody_but_admins_rebuilds(nobody: Client, student: Student, advisor: Person) -> None:
    nobody.post(REBUILD).expect_problem(401, "unauthenticated")
    for person in (student, advisor):
        person.post(REBUILD).expect_problem(403, "forbidden")
