"""Whose an assessment is. What is not yours does not exist."""

from shared.domain.assessment import Assessment
from shared.domain.errors import NotFoundError
from shared.domain.user import Caller


def ensure_owner(assessment: Assessment, caller: Caller) -> None:
    """Raise `NotFoundError` unless the caller is the student who takes it."""
    if assessment.student_id != caller.user_id:
        raise NotFoundError(f"no assessment {assessment.id}")


def ensure_reader(assessment: Assessment, caller: Caller) -> None:
    """Raise `NotFoundError` unless the caller takes it or is staff."""
    if not caller.is_staff:
        ensure_owner(assessment, caller)
