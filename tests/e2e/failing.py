"""Assessments that nothing could finish."""

from typing import Final

from tests.e2e.driver import Attempt, Student
from tests.e2e.operations import Operator

NOWHERE: Final = "postgresql+pg8000://postgres@/nowhere?unix_sock=/nonexistent/.s.PGSQL.5432"


def failed_attempt(student: Student, operator: Operator) -> Attempt:
    """Submit an assessment whose last step finds no database: its jobs are done, its end is not."""
    with operator.configured(["finish_assessment"], DATABASE_URL=NOWHERE):
        attempt = student.answer_all()
        student.submit(attempt)
        assert student.wait(attempt)["status"] == "failed"
    return attempt
