"""How one student has done over time, newest first."""

from dataclasses import dataclass

from shared.domain.assessment import AssessmentId
from shared.domain.cohort import CohortEntry, CohortSelection
from shared.domain.errors import NotFoundError
from shared.domain.user import Role, User, UserId
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentHistory:
    student: User
    items: tuple[CohortEntry, ...]
    next_cursor: AssessmentId | None


def get_student_history(
    student_id: UserId, *, limit: int, after: AssessmentId | None, store: Store
) -> StudentHistory:
    """Return a page of the history. Raises `NotFoundError` for who is no student."""
    selection = CohortSelection(student_id=student_id)
    with store.begin() as repositories:
        student = repositories.users.get(student_id)
        if student.role is not Role.STUDENT:
            raise NotFoundError(f"no student {student_id}")
        found = repositories.cohort.assessments(selection, limit=limit + 1, after=after)
    items = found[:limit]
    return StudentHistory(
        student=student,
        items=items,
        next_cursor=items[-1].assessment.id if len(found) > limit else None,
    )
