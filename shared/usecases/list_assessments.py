"""List a student's assessments, newest first."""

from shared.domain.assessment import AssessmentId
from shared.domain.errors import ForbiddenError
from shared.domain.user import Caller, UserId
from shared.ports.store import Page, Store


def list_assessments(
    student_id: UserId | None,
    caller: Caller,
    *,
    limit: int,
    after: AssessmentId | None,
    store: Store,
) -> Page:
    """Return one's own assessments, or for staff those of `student_id`."""
    if student_id is not None and student_id != caller.user_id and not caller.is_staff:
        raise ForbiddenError("only advisors and admins may read the assessments of another student")
    with store.begin() as repositories:
        return repositories.assessments.page_of(
            student_id or caller.user_id, limit=limit, after=after
        )
