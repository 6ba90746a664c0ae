"""An assessment whose time is up."""

from typing import Any

import pytest

from tests.e2e.driver import Attempt, Student
from tests.e2e.operations import Operator


@pytest.fixture
def expired(student: Student, operator: Operator) -> Attempt:
    attempt = student.answer_all()
    changed = operator.change(
        "UPDATE assessments SET expires_at = now() - interval '1 second' WHERE id = :id",
        id=attempt.id,
    )
    assert changed == 1
    return attempt


def test_nothing_can_be_done_with_an_expired_assessment(
    student: Student, expired: Attempt, operator: Operator
) -> None:
    response = expired.responses[0]
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/next", None),
        ("PUT", "/responses", {"responses": [response]}),
        ("POST", "/answer", response),
        ("POST", "/submit", {}),
        ("POST", "/complete", {}),
    ]

    for method, path, body in requests:
        student.call(method, expired.path + path, body).expect_problem(410, "assessment_expired")

    assert operator.executions(expired.id) == []


def test_it_says_that_it_has_expired_and_keeps_the_answers(
    student: Student, expired: Attempt
) -> None:
    opened = student.get(expired.path).expect(200)

    assert opened["status"] == "expired"
    assert len(opened["responses"]) == 10
    assert opened["nextQuestion"] is None
    assert student.status(expired)["status"] == "expired"
    listed = student.get("/assessments?limit=100").expect(200)["items"]
    (mine,) = (item for item in listed if item["assessmentId"] == expired.id)
    assert mine["status"] == "expired"


def test_a_new_one_can_be_started(student: Student, expired: Attempt) -> None:
    assert student.start().id != expired.id


def test_a_submitted_assessment_does_not_expire(student: Student, operator: Operator) -> None:
    attempt, _ = student.take()
    operator.change(
        "UPDATE assessments SET expires_at = now() - interval '1 second' WHERE id = :id",
        id=attempt.id,
    )

    assert student.status(attempt)["status"] == "completed"
    student.result(attempt)
