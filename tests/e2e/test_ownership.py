"""Who may see and do what: what is another's looks as if it did not exist."""

from typing import Final
from uuid import uuid4

import pytest

from shared.api.routes import ROUTES, STUDENT, Route
from shared.domain.user import Role
from tests.e2e.driver import Attempt, Client, Person, Reply, Student, as_students_see

WITH_ID: Final = [
    route
    for route in ROUTES
    if ("{assessmentId}" in route.path or route.function == "get_recommendations")
    and Role.STUDENT in (route.roles or ())
]
BODIES: Final = {"save_responses", "answer_question", "submit_assessment", "complete_assessment"}


@pytest.fixture(scope="module")
def open_attempt(student: Student) -> Attempt:
    return student.answer_all()


@pytest.fixture(scope="module")
def taken(student: Student) -> Attempt:
    attempt, _ = student.take()
    return attempt


def _call(client: Client, route: Route, assessment_id: str, attempt: Attempt) -> Reply:
    """Make a request to the route that would be good if the assessment were one's own."""
    path = route.path.replace("{assessmentId}", assessment_id).replace("{userId}", str(uuid4()))
    if route.function == "get_recommendations":
        path = f"{path}?assessmentId={assessment_id}"
    body: object = {} if route.function in BODIES else None
    if route.function == "save_responses":
        body = {"responses": list(attempt.responses)}
    elif route.function == "answer_question":
        body = attempt.responses[0]
    elif route.function == "decide_ai_scoring":
        body = {"decision": "declined"}
    return client.call(route.method, path, body)


@pytest.mark.parametrize("route", WITH_ID, ids=lambda route: f"{route.method} {route.path}")
def test_another_students_assessment_looks_unknown(
    route: Route, stranger: Student, open_attempt: Attempt, taken: Attempt
) -> None:
    unknown = str(uuid4())
    nothing = _call(stranger, route, unknown, open_attempt).expect_problem(404, "not_found")

    for attempt in (open_attempt, taken):
        refused = _call(stranger, route, attempt.id, attempt).expect_problem(404, "not_found")
        # Not a word that would tell it from one that does not exist.
        told = {name: str(v).replace(attempt.id, "…") for name, v in refused.items()}
        assert told == {name: str(v).replace(unknown, "…") for name, v in nothing.items()}


@pytest.mark.parametrize("route", WITH_ID, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize("unknown", ["nonsense", "%27%20OR%201=1--", "0" * 36, "%F0%9F%98%80"])
def test_what_is_no_id_is_unknown_too(
    route: Route, unknown: str, student: Student, open_attempt: Attempt
) -> None:
    _call(student, route, unknown, open_attempt).expect_problem(404, "not_found")


def test_the_strangers_requests_changed_nothing(
    student: Student, stranger: Student, open_attempt: Attempt
) -> None:
    before = student.get(open_attempt.path).expect(200)
    other = {"questionId": open_attempt.questions[0]["id"], "answer": {"selected": ["b"]}}

    stranger.put(f"{open_attempt.path}/responses", {"responses": [other]}).expect(404)
    stranger.post(f"{open_attempt.path}/submit", {"allowIncomplete": True}).expect(404)

    assert student.get(open_attempt.path).expect(200) == before


def test_students_cannot_list_what_is_not_theirs(student: Student, stranger: Student) -> None:
    stranger.get(f"/assessments?studentId={student.id}").expect_problem(403, "forbidden")


@pytest.mark.parametrize("role", ["advisor", "admin"])
def test_staff_read_what_a_student_did(
    role: str, request: pytest.FixtureRequest, student: Student, taken: Attempt
) -> None:
    person: Person = request.getfixturevalue(role)

    assert person.get("/me").expect(200)["role"] == role
    assert as_students_see(person.get(f"{taken.path}/result").expect(200)) == student.result(taken)
    assert person.get(taken.path).expect(200) == student.get(taken.path).expect(200)
    assert person.get(f"{taken.path}/status").expect(200)["status"] == "completed"
    person.get(f"/profiles/{taken.id}").expect(200)
    person.get(f"/recommendations?assessmentId={taken.id}").expect(200)
    listed = person.get(f"/assessments?studentId={student.id}&limit=100").expect(200)["items"]
    assert taken.id in {item["assessmentId"] for item in listed}
    assert person.get("/assessments").expect(200)["items"] == []


@pytest.mark.parametrize("role", ["advisor", "admin"])
@pytest.mark.parametrize(
    "route",
    [r for r in ROUTES if r.roles == STUDENT],
    ids=lambda route: f"{route.method} {route.path}",
)
def test_staff_cannot_take_assessments(
    route: Route, role: str, request: pytest.FixtureRequest, open_attempt: Attempt
) -> None:
    person: Person = request.getfixturevalue(role)

    _call(person, route, open_attempt.id, open_attempt).expect_problem(403, "forbidden")


@pytest.mark.parametrize(
    "route",
    [r for r in ROUTES if r.roles is not None],
    ids=lambda route: f"{route.method} {route.path}",
)
def test_nobody_gets_in_without_a_token(
    route: Route, nobody: Client, open_attempt: Attempt
) -> None:
    refused = _call(nobody, route, open_attempt.id, open_attempt)

    refused.expect_problem(401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "Bearer"
