"""What advisors see of many students, and of one over time."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.driver import PASSWORD, TRACK, Attempt, Client, Person, Student

Taken = tuple[Student, Attempt, Mapping[str, Any]]


@pytest.fixture(scope="module")
def taken(http: httpx.Client) -> Taken:
    """A student with a completed assessment, and its result."""
    student = Student.register(http)
    attempt, result = student.take()
    return student, attempt, result


def cohort(reader: Client, **query: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    while True:
        page = reader.get(f"/advisor/assessments?{httpx.QueryParams(query)}").expect(200)
        found += page["items"]
        if page["nextCursor"] is None:
            return found
        query["cursor"] = page["nextCursor"]


def test_an_advisor_finds_assessments_by_what_came_of_them(taken: Taken, advisor: Person) -> None:
    student, attempt, result = taken
    begun = student.start()

    entries = cohort(advisor, student=student.id, limit="1")

    assert [entry["assessmentId"] for entry in entries] == [begun.id, attempt.id]
    entry = entries[1]
    names = ("overallScore", "band", "confidence", "degraded", "completedAt", "trackId")
    assert {name: entry[name] for name in names} == {name: result[name] for name in names}
    assert (entry["studentId"], entry["studentName"]) == (student.id, "Sample Student")
    assert entry["needsReview"] is any(e["needsReview"] for e in result["essayScores"])

    def ids(**query: str) -> set[str]:
        return {e["assessmentId"] for e in cohort(advisor, student=student.id, **query)}

    since = result["completedAt"]
    assert ids(band=result["band"]) == {attempt.id}
    assert ids(band=result["band"], trackId="unknown") == set()
    assert ids(trackId=TRACK) == {attempt.id, begun.id}
    assert ids(since=since) == {begun.id}
    assert ids(until=since) == {attempt.id}
    assert ids(degraded="true") == ({attempt.id} if result["degraded"] else set())
    assert ids(needsReview="true") | ids(needsReview="false") == {attempt.id, begun.id}


def test_students_are_found_by_name_and_address_with_the_other_filters(
    http: httpx.Client, advisor: Person
) -> None:
    name = f"Grace O'{uuid4().hex[:12]}-Hopper"
    grace = Student.register(http)
    grace.patch("/me", {"name": name}).expect(200)
    first, second = grace.start(), grace.start("data-analyst")
    surname = name.split()[1]
    newest_first = [second.id, first.id]

    def ids(q: str, **query: str) -> list[str]:
        return [e["assessmentId"] for e in cohort(advisor, q=q, limit="1", **query)]

    assert ids(surname) == ids(surname.upper()) == ids(f"gr {surname[:10]}") == newest_first
    assert ids(surname[2:10]) == newest_first
    assert ids(grace.email) == ids(grace.email.upper()) == newest_first
    assert ids(surname, trackId=TRACK) == [first.id]
    assert ids(surname, band="proficient") == []
    for other in (f"alan {surname}", surname[3:], "%" + surname[3:], f"{surname}'; --", "&!|"):
        assert ids(other) == []

    grace.call("DELETE", "/me", {"password": PASSWORD}).expect(200)
    assert ids(surname) == ids(grace.email) == []


@pytest.mark.parametrize("query", ["q=", "q=x", "q=%20x%20", f"q={'x' * 101}", "q=a%00b"])
def test_a_search_for_nobody_in_particular_is_refused(advisor: Person, query: str) -> None:
    refused = advisor.get(f"/advisor/assessments?{query}")

    assert refused.status == 422, refused.text
    assert [error["pointer"] for error in refused.body["errors"]] == ["query/q"]


def test_a_history_shows_the_scores_by_domain(taken: Taken, advisor: Person) -> None:
    student, attempt, result = taken

    history = advisor.get(f"/advisor/students/{student.id}/history").expect(200)

    assert (history["studentId"], history["studentName"]) == (student.id, "Sample Student")
    entry = next(e for e in history["items"] if e["assessmentId"] == attempt.id)
    assert entry["domainBreakdown"] == result["domainBreakdown"]


def test_it_is_for_staff(taken: Taken, advisor: Person, http: httpx.Client) -> None:
    student, _, _ = taken
    for path in ("/advisor/assessments", f"/advisor/students/{student.id}/history"):
        student.get(path).expect_problem(403, "forbidden")
        Client(http).get(path).expect_problem(401, "unauthenticated")
    for unknown in (advisor.id, str(uuid4()), "nonsense"):
        advisor.get(f"/advisor/students/{unknown}/history").expect_problem(404, "not_found")
    advisor.get("/advisor/assessments?band=best").expect_problem(422, "invalid_request")
