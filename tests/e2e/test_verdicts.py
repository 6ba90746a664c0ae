"""Staff accept and reject what was recommended; the student reads what counts and why."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from tests.e2e.driver import PASSWORD, TRACK, Attempt, Client, Person, Student
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually

REASON: Final = f"You hold this certificate already {uuid4().hex}"
REJECTED: Final = {"verdict": "rejected", "reason": REASON}
AT_ONCE: Final = 5


@pytest.fixture(scope="module")
def owner(http: httpx.Client) -> Student:
    return Student.register(http)


@pytest.fixture(scope="module")
def taken(owner: Student) -> tuple[Attempt, Mapping[str, Any]]:
    """A completed assessment and its recommendation."""
    attempt, result = owner.take()
    return attempt, result["recommendation"]


@pytest.fixture
def attempt(taken: tuple[Attempt, Mapping[str, Any]]) -> Attempt:
    return taken[0]


@pytest.fixture
def recommendation(taken: tuple[Attempt, Mapping[str, Any]]) -> Mapping[str, Any]:
    return taken[1]


@pytest.fixture
def path(recommendation: Mapping[str, Any]) -> str:
    return _path(recommendation["id"], recommendation["items"][0]["credentialId"])


@pytest.fixture
def colleague(http: httpx.Client, operator: Operator) -> Person:
    """An advisor who has decided nothing yet."""
    return operator.create_person(http, "advisor")


def _path(recommendation_id: str, credential_id: str) -> str:
    return f"/recommendations/{recommendation_id}/items/{credential_id}/verdict"


def _stored(operator: Operator, author: Person) -> list[dict[str, Any]]:
    return operator.rows(
        "SELECT * FROM recommendation_verdicts WHERE author_id = :id ORDER BY revision",
        id=author.id,
    )


def test_an_advisor_rejects_changes_their_mind_and_the_student_reads_what_counts(
    *,
    owner: Student,
    colleague: Person,
    admin: Person,
    attempt: Attempt,
    recommendation: Mapping[str, Any],
    path: str,
    operator: Operator,
) -> None:
    assert [item["verdict"] for item in recommendation["items"]] == [None] * len(
        recommendation["items"]
    )

    first = colleague.post(path, REJECTED).expect(201)

    read = owner.result(attempt)["recommendation"]["items"]
    assert read[0]["verdict"] == {
        "verdict": "rejected",
        "reason": REASON,
        "role": "advisor",
        "revision": first["revision"],
        "createdAt": first["createdAt"],
    }
    assert [item["verdict"] for item in read[1:]] == [None] * (len(read) - 1)

    second = admin.post(path, {"verdict": "accepted"}).expect(201)

    for reader in (owner, colleague):
        found = reader.get(f"/recommendations?assessmentId={attempt.id}").expect(200)
        assert found["items"][0]["verdict"] == {
            "verdict": "accepted",
            "reason": None,
            "role": "admin",
            "revision": first["revision"] + 1,
            "createdAt": second["createdAt"],
        }
        assert not {colleague.id, admin.id} & set(json.dumps(found).split('"'))
    (kept,) = _stored(operator, colleague)
    assert (str(kept["id"]), kept["accepted"], kept["reason"]) == (first["id"], False, REASON)


def test_it_is_told_and_audited_without_the_reason(
    *,
    owner: Student,
    colleague: Person,
    attempt: Attempt,
    recommendation: Mapping[str, Any],
    path: str,
    operator: Operator,
) -> None:
    heard: list[dict[str, Any]] = []
    with operator.listening() as take:
        given = colleague.post(path, REJECTED).expect(201)

        def told() -> list[dict[str, Any]]:
            heard.extend(take())
            return [e for e in heard if e["detail"]["data"].get("verdictId") == given["id"]]

        (event,) = eventually(told, at_most=20, what="event of the verdict")

    numbers = {
        "verdictId": given["id"],
        "credentialId": given["credentialId"],
        "revision": given["revision"],
        "accepted": False,
    }
    assert event["detail-type"] == "recommendation.feedback"
    assert event["detail"]["studentId"] == owner.id
    assert event["detail"]["data"] == numbers | {
        "assessmentId": attempt.id,
        "trackId": TRACK,
        "recommendationId": recommendation["id"],
        "authorId": colleague.id,
        "role": "advisor",
    }
    (row,) = operator.rows("SELECT * FROM audit_logs WHERE actor = :id", id=colleague.id)
    assert (row["action"], row["subject"]) == ("verdict.given", recommendation["id"])
    assert {name: row["details"][name] for name in numbers} == numbers
    assert REASON not in json.dumps(heard) + str(row)


def test_it_is_for_staff(
    owner: Student, nobody: Client, path: str, attempt: Attempt, operator: Operator
) -> None:
    owner.post(path, REJECTED).expect_problem(403, "forbidden")
    nobody.post(path, REJECTED).expect_problem(401, "unauthenticated")
    resumed = owner.holding(attempt.started["resumeToken"])
    resumed.post(path, REJECTED).expect_problem(403, "forbidden")

    assert _stored(operator, owner) == []


def test_what_was_not_recommended_is_unknown(
    colleague: Person, recommendation: Mapping[str, Any], operator: Operator
) -> None:
    item = recommendation["items"][0]["credentialId"]
    for unknown in (str(uuid4()), "nonsense", "%27%20OR%201=1--"):
        for path in (_path(recommendation["id"], unknown), _path(unknown, item)):
            colleague.post(path, REJECTED).expect_problem(404, "not_found")

    assert _stored(operator, colleague) == []


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"verdict": "rejected"}, "invalid_input", "/reason"),
        ({"verdict": "rejected", "reason": "  "}, "invalid_input", "/reason"),
        (REJECTED | {"reason": "x" * 1001}, "invalid_request", "/reason"),
        (REJECTED | {"verdict": "maybe"}, "invalid_request", "/verdict"),
        (REJECTED | {"stars": 5}, "invalid_request", "/stars"),
    ],
)
def test_a_bad_verdict_is_refused(
    *, colleague: Person, path: str, operator: Operator, body: Any, code: str, pointer: str
) -> None:
    problem = colleague.post(path, body).expect_problem(422, code)

    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert _stored(operator, colleague) == []


def test_the_same_key_gets_the_first_answer_again(
    colleague: Person, path: str, operator: Operator
) -> None:
    key = uuid4().hex
    first = colleague.post(path, REJECTED, key=key)
    colleague.post(path, {"verdict": "accepted"}).expect(201)

    again = colleague.post(path, REJECTED, key=key)

    assert again.expect(201) == first.expect(201)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(_stored(operator, colleague)) == 2
    other = colleague.post(path, {"verdict": "accepted"}, key=key)
    other.expect_problem(409, "idempotency_conflict")


def test_many_at_once_are_as_many_revisions_in_a_row(
    colleague: Person, path: str, operator: Operator
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        sent = [threads.submit(colleague.post, path, REJECTED) for _ in range(AT_ONCE)]
        given = sorted(one.result().expect(201)["revision"] for one in sent)

    assert given == list(range(given[0], given[0] + AT_ONCE))
    assert [row["revision"] for row in _stored(operator, colleague)] == given


def test_staff_see_all_that_was_weighed_and_students_do_not(
    owner: Student, advisor: Person, admin: Person, attempt: Attempt
) -> None:
    for where in (f"{attempt.path}/result", f"/recommendations?assessmentId={attempt.id}"):
        whole = [advisor.get(where).expect(200), admin.get(where).expect(200)]
        assert whole[0] == whole[1]
        own = owner.get(where).expect(200)
        seen, shown = (body.get("recommendation", body) for body in (whole[0], own))

        ranking = seen["trace"]["ranking"]
        assert len(ranking) == min(48, seen["trace"]["candidates"])
        assert [c["rank"] for c in ranking] == list(range(1, len(ranking) + 1))
        relevance = [c["relevance"] for c in ranking]
        assert relevance == sorted(relevance, reverse=True)
        assert all(c["title"] for c in ranking)
        assert {c["credentialId"]: c["itemRank"] for c in ranking if c["itemRank"]} == {
            item["credentialId"]: item["rank"] for item in seen["items"]
        }
        assert {c["vectorRank"] for c in ranking if c["vectorRank"]} == set(
            range(1, 1 + sum(c["vectorRank"] is not None for c in ranking))
        )
        assert all((c["vectorRank"] is None) == (c["vectorSimilarity"] is None) for c in ranking)
        assert shown["trace"]["ranking"] is None
        seen["trace"]["ranking"] = None
        assert seen == shown


def test_the_reason_goes_with_the_student_and_not_with_the_advisor(
    http: httpx.Client, operator: Operator
) -> None:
    student, advisor = Student.register(http), operator.create_person(http, "advisor")
    attempt, result = student.take()
    recommendation = result["recommendation"]
    path = _path(recommendation["id"], recommendation["items"][0]["credentialId"])
    given = advisor.post(path, REJECTED).expect(201)
    exported = student.get("/me/export").expect(200)["assessments"][0]["verdicts"]
    assert [(v["id"], v["reason"], v["role"]) for v in exported] == [
        (given["id"], REASON, "advisor")
    ]
    assert [v["id"] for v in advisor.get("/me/export").expect(200)["verdicts"]] == [given["id"]]

    advisor.call("DELETE", "/me", {"password": PASSWORD}).expect(200)

    read = student.result(attempt)["recommendation"]["items"][0]["verdict"]
    assert (read["reason"], read["role"]) == (REASON, "advisor")

    receipt = student.call("DELETE", "/me", {"password": PASSWORD}).expect(200)

    assert receipt["erased"]["recommendation_verdicts"] == 1
    rows = operator.rows(
        "SELECT reason, accepted FROM recommendation_verdicts WHERE id = :id", id=given["id"]
    )
    assert [(row["reason"], row["accepted"]) for row in rows] == [(None, False)]
