"""More time for a student who needs it, as an admin gives it and as the student sees it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from tests.e2e.driver import TRACK, Attempt, Client, Person, Reply, Student
from tests.e2e.operations import Operator

REASON: Final = f"Certificate {uuid4().hex}"
MORE_TIME: Final = {"timeMultiplier": 1.5, "extraDays": 7}
METHODS: Final = {"GET": None, "PUT": MORE_TIME, "DELETE": None}


@pytest.fixture
def slow(http: httpx.Client) -> Student:
    """A student of the test's own."""
    return Student.register(http)


def place(user_id: str) -> str:
    return f"/admin/users/{user_id}/accommodations"


def grant(admin: Client, student: Person, **changes: object) -> Any:
    body = MORE_TIME | {"reason": REASON} | changes
    return admin.put(place(student.id), body).expect(200)


def limits(questions: Sequence[Mapping[str, Any]]) -> list[int | None]:
    return [question["timeLimitSeconds"] for question in questions]


def longer(seconds: Sequence[int | None], times: float) -> list[int | None]:
    return [None if s is None else ceil(s * times) for s in seconds]


def days_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)) / timedelta(days=1)


def test_a_running_assessment_gets_more_time_at_once_and_loses_it_again(
    slow: Student, admin: Person
) -> None:
    attempt = slow.start()
    usual = limits(attempt.questions)
    assert any(usual)
    assert attempt.started["accommodated"] is False

    given = grant(admin, slow)

    assert given["unchanged"] == []
    [changed] = given["changed"]
    assert changed["assessmentId"] == attempt.id
    assert changed["previousExpiresAt"] == attempt.started["expiresAt"]
    assert days_between(attempt.started["expiresAt"], changed["expiresAt"]) == 7
    opened = slow.get(attempt.path).expect(200)
    assert (opened["expiresAt"], opened["accommodated"]) == (changed["expiresAt"], True)
    assert limits(opened["questions"]) == longer(usual, 1.5)
    following = slow.get(f"{attempt.path}/next").expect(200)["question"]
    assert following == opened["nextQuestion"] == opened["questions"][0]
    [listed] = slow.get("/assessments").expect(200)["items"]
    assert (listed["expiresAt"], listed["accommodated"]) == (changed["expiresAt"], True)

    taken = admin.call("DELETE", place(slow.id)).expect(200)

    assert taken["changed"][0]["expiresAt"] == attempt.started["expiresAt"]
    opened = slow.get(attempt.path).expect(200)
    assert (opened["expiresAt"], opened["accommodated"]) == (attempt.started["expiresAt"], False)
    assert limits(opened["questions"]) == usual


def test_a_new_assessment_has_both_and_comes_to_a_result(slow: Student, admin: Person) -> None:
    usual = slow.start()
    grant(admin, slow, timeMultiplier=1.25, extraDays=60)

    attempt = slow.start()
    slow.save(attempt, attempt.responses)
    slow.submit(attempt)

    started = attempt.started
    assert started["accommodated"] is True
    assert 59.9 < days_between(usual.started["expiresAt"], started["expiresAt"]) < 60.1
    opened = slow.get(attempt.path).expect(200)
    assert limits(started["questions"]) == limits(opened["questions"])
    assert slow.wait(attempt)["status"] == "completed"
    admin.call("DELETE", place(slow.id)).expect(200)
    after = slow.get(attempt.path).expect(200)
    assert limits(after["questions"]) == limits(opened["questions"]), "it was taken so"
    assert (after["accommodated"], after["expiresAt"]) == (True, started["expiresAt"])


def test_the_snapshots_stay_as_they_are(slow: Student, admin: Person, operator: Operator) -> None:
    attempt = slow.start()
    asked = """
        SELECT s.*, v.body::text FROM assessment_question_snapshots s
        JOIN question_versions v
            ON (v.question_id, v.version) = (s.question_id, s.question_version)
        WHERE s.assessment_id = :id ORDER BY s.position
    """
    before = operator.rows(asked, id=attempt.id)

    grant(admin, slow)

    assert operator.rows(asked, id=attempt.id) == before
    assert [json.loads(r["body"])["time_limit_seconds"] for r in before] == limits(
        attempt.questions
    )


def test_the_student_is_told_the_numbers_and_the_reason_by_nobody(
    slow: Student, admin: Person, advisor: Person
) -> None:
    assert slow.get("/me").expect(200)["accommodations"] is None
    grant(admin, slow)
    attempt = slow.start()

    me = slow.get("/me")
    assert me.expect(200)["accommodations"] == MORE_TIME
    told = [
        me,
        slow.get(attempt.path),
        slow.get("/assessments"),
        advisor.get(attempt.path),
        advisor.get(f"/assessments?studentId={slow.id}"),
        *(who.get(place(slow.id)) for who in (slow, advisor)),
    ]

    assert all(REASON not in reply.text for reply in told)
    assert admin.get(place(slow.id)).expect(200)["reason"] == REASON


def test_each_write_is_kept_and_audited_with_numbers_alone(
    slow: Student, admin: Person, operator: Operator
) -> None:
    grant(admin, slow)
    grant(admin, slow, timeMultiplier=2, extraDays=0)
    admin.call("DELETE", place(slow.id)).expect(200)

    rows = operator.rows(
        "SELECT actor, action, details::text FROM audit_logs WHERE subject = :id ORDER BY number",
        id=slow.id,
    )
    assert [(r["action"], json.loads(r["details"])) for r in rows] == [
        ("accommodations.set", {"before": None, "after": MORE_TIME}),
        (
            "accommodations.set",
            {"before": MORE_TIME, "after": {"timeMultiplier": 2.0, "extraDays": 0}},
        ),
        (
            "accommodations.removed",
            {"before": {"timeMultiplier": 2.0, "extraDays": 0}, "after": None},
        ),
    ]
    assert {r["actor"] for r in rows} == {admin.id}
    kept = operator.rows(
        "SELECT version, extra_days, reason FROM accommodations WHERE student_id = :id"
        " ORDER BY version",
        id=slow.id,
    )
    assert [tuple(r.values()) for r in kept] == [(1, 7, REASON), (2, 0, REASON), (3, None, None)]
    for table in ("audit_logs", "outbox_events"):
        said = operator.rows(f"SELECT t::text AS row FROM {table} AS t")  # noqa: S608
        assert all(REASON not in r["row"] for r in said)


def test_an_expired_assessment_is_not_revived(
    slow: Student, admin: Person, operator: Operator
) -> None:
    attempt = slow.start()
    operator.change(
        "UPDATE assessments SET expires_at = now() - interval '1 second' WHERE id = :id",
        id=attempt.id,
    )
    before = slow.get(attempt.path).expect(200)

    given = grant(admin, slow)

    assert given["changed"] == []
    [unchanged] = given["unchanged"]
    assert (unchanged["assessmentId"], unchanged["reason"]) == (attempt.id, "expired")
    assert slow.get(attempt.path).expect(200) == before
    slow.get(f"{attempt.path}/next").expect_problem(410, "assessment_expired")


def test_a_deadline_is_never_moved_into_the_past(
    slow: Student, admin: Person, operator: Operator
) -> None:
    grant(admin, slow)
    attempt = slow.start()
    operator.change(
        "UPDATE assessments SET started_at = started_at - interval '10 days',"
        " expires_at = expires_at - interval '10 days' WHERE id = :id",
        id=attempt.id,
    )
    before = slow.get(attempt.path).expect(200)

    taken = admin.call("DELETE", place(slow.id)).expect(200)

    assert taken["changed"] == []
    assert taken["unchanged"] == [
        {
            "assessmentId": attempt.id,
            "expiresAt": before["expiresAt"],
            "timeMultiplier": 1.0,
            "reason": "would_expire",
        }
    ]
    after = slow.get(attempt.path).expect(200)
    assert (after["status"], after["expiresAt"]) == ("in_progress", before["expiresAt"])
    assert after["accommodated"] is True, "it keeps its days"


def test_a_start_that_is_sent_again_gets_its_first_answer(slow: Student, admin: Person) -> None:
    key = uuid4().hex
    first = slow.post("/assessments/start", {"trackId": TRACK}, key=key)
    grant(admin, slow)

    again = slow.post("/assessments/start", {"trackId": TRACK}, key=key)

    assert again.headers["idempotency-replayed"] == "true"
    assert again.expect(201) == first.expect(201)


def test_answers_count_after_the_first_deadline(
    slow: Student, admin: Person, operator: Operator
) -> None:
    attempt = slow.start()
    grant(admin, slow)
    operator.change(
        "UPDATE assessments SET started_at = started_at - interval '10 days',"
        " expires_at = expires_at - interval '10 days' WHERE id = :id",
        id=attempt.id,
    )

    assert slow.save(attempt, attempt.responses)["answered"] == 10
    slow.submit(attempt)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("role", ["student", "advisor"])
def test_only_admins_may(method: str, role: str, request: pytest.FixtureRequest) -> None:
    person: Person = request.getfixturevalue(role)
    student: Student = request.getfixturevalue("student")

    reply = person.call(method, place(student.id), METHODS[method])

    reply.expect_problem(403, "forbidden")


@pytest.mark.parametrize("method", METHODS)
def test_whom_it_cannot_be_about(
    method: str, admin: Person, advisor: Person, nobody: Client, slow: Student
) -> None:
    def ask(who: Client, user_id: str) -> Reply:
        return who.call(method, place(user_id), METHODS[method])

    for unknown in (str(uuid4()), "nonsense", "%F0%9F%98%80"):
        ask(admin, unknown).expect_problem(404, "not_found")
    for person in (admin, advisor):
        ask(admin, person.id).expect_problem(409, "not_a_student")
    ask(nobody, slow.id).expect_problem(401, "unauthenticated")
    if method != "PUT":
        ask(admin, slow.id).expect_problem(404, "not_found")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"timeMultiplier": 0.5}, "/timeMultiplier"),
        ({"timeMultiplier": 3.5}, "/timeMultiplier"),
        ({"timeMultiplier": "2"}, "/timeMultiplier"),
        ({"extraDays": 61}, "/extraDays"),
        ({"extraDays": -1}, "/extraDays"),
        ({"extraDays": 0.5}, "/extraDays"),
        ({"reason": "x" * 501}, "/reason"),
        ({"note": "x"}, "/note"),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(
    changes: Mapping[str, object], pointer: str, admin: Person, stranger: Student
) -> None:
    refused = admin.put(place(stranger.id), {**MORE_TIME, **changes})

    problem = refused.expect_problem(422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "xxxxxxxx" not in refused.text, "what was sent is not echoed"
    admin.get(place(stranger.id)).expect_problem(404, "not_found")


def test_a_resume_token_opens_none_of_it(slow: Student) -> None:
    attempt: Attempt = slow.start()

    holder = slow.holding(attempt.started["resumeToken"])

    holder.get(place(slow.id)).expect_problem(403, "forbidden")
