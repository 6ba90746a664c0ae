"""A submission takes effect once, however often and however fast it is sent."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import uuid4

import pytest

from tests.e2e.counting import ONCE, counted, ended_executions
from tests.e2e.driver import Attempt, Reply, Student
from tests.e2e.operations import Operator

AT_ONCE: Final = 10


@pytest.fixture
def key() -> str:
    return uuid4().hex


def _submit_at_once(student: Student, attempt: Attempt, keys: list[str]) -> list[Reply]:
    with ThreadPoolExecutor(len(keys)) as threads:
        sent = [threads.submit(student.post, f"{attempt.path}/submit", {}, key=key) for key in keys]
        return [one.result() for one in sent]


def test_the_same_key_gets_the_first_answer_again(
    student: Student, operator: Operator, key: str
) -> None:
    attempt = student.answer_all()

    first = student.post(f"{attempt.path}/submit", {}, key=key)
    assert student.wait(attempt)["status"] == "completed"
    again = student.post(f"{attempt.path}/submit", {}, key=key)

    assert again.expect(202) == first.expect(202)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert ended_executions(operator, attempt) == ["SUCCEEDED"]
    assert counted(operator, attempt) == ONCE


@pytest.mark.parametrize("other", [uuid4().hex, None], ids=["another", "none"])
def test_without_the_first_key_a_second_submission_conflicts(
    student: Student, key: str, other: str | None
) -> None:
    attempt = student.answer_all()
    student.post(f"{attempt.path}/submit", {}, key=key).expect(202)

    again = student.post(f"{attempt.path}/submit", {}, key=other)

    again.expect_problem(409, "already_submitted")
    assert student.wait(attempt)["status"] == "completed"


def test_the_same_key_with_another_body_conflicts(student: Student, key: str) -> None:
    attempt = student.answer_all()
    student.post(f"{attempt.path}/submit", {}, key=key).expect(202)

    again = student.post(f"{attempt.path}/submit", {"allowIncomplete": True}, key=key)

    again.expect_problem(409, "idempotency_conflict")


def test_the_same_key_for_another_assessment_conflicts(student: Student, key: str) -> None:
    attempt, other = student.answer_all(), student.answer_all()
    student.post(f"{attempt.path}/submit", {}, key=key).expect(202)

    again = student.post(f"{other.path}/submit", {}, key=key)

    again.expect_problem(409, "idempotency_conflict")
    assert student.status(other)["status"] == "in_progress"


def test_keys_of_two_students_do_not_meet(student: Student, stranger: Student, key: str) -> None:
    one, other = student.answer_all(), stranger.answer_all()

    student.post(f"{one.path}/submit", {}, key=key).expect(202)

    assert "idempotency-replayed" not in stranger.post(f"{other.path}/submit", {}, key=key).headers
    assert stranger.wait(other)["status"] == "completed"


def test_ten_at_once_with_one_key_are_one_submission(
    student: Student, operator: Operator, key: str
) -> None:
    attempt = student.answer_all()

    replies = _submit_at_once(student, attempt, [key] * AT_ONCE)

    bodies = [reply.expect(202) for reply in replies]
    assert bodies == [bodies[0]] * AT_ONCE
    replayed = Counter(reply.headers.get("idempotency-replayed") for reply in replies)
    assert replayed == {None: 1, "true": AT_ONCE - 1}
    assert student.wait(attempt)["status"] == "completed"
    assert ended_executions(operator, attempt) == ["SUCCEEDED"]
    assert counted(operator, attempt) == ONCE


def test_ten_at_once_with_ten_keys_are_one_submission(student: Student, operator: Operator) -> None:
    attempt = student.answer_all()

    replies = _submit_at_once(student, attempt, [uuid4().hex for _ in range(AT_ONCE)])

    assert Counter(reply.status for reply in replies) == {202: 1, 409: AT_ONCE - 1}
    for reply in replies:
        if reply.status == 409:
            reply.expect_problem(409, "already_submitted")
    assert student.wait(attempt)["status"] == "completed"
    assert ended_executions(operator, attempt) == ["SUCCEEDED"]
    assert counted(operator, attempt) == ONCE
