"""Whose an assessment is, and what came of it. What is not yours does not exist."""

from shared.domain.assessment import Assessment
from shared.domain.errors import NotFoundError
from shared.domain.recommendation import Recommendation
from shared.domain.user import Caller


def ensure_owner(assessment: Assessment, caller: Caller) -> None:
    """Raise `NotFoundError` unless the caller is the student who takes it."""
    if assessment.student_id != caller.user_id:
        raise NotFoundError(f"no assessment {assessment.id}")


def ensure_reader(assessment: Assessment, caller: Caller) -> None:
    """Raise `NotFoundError` unless the caller takes it or is staff."""
    if not caller.is_staff:
        ensure_owner(assessment, caller)


def ensure_recommended(
    recommendation: Recommendation, assessment: Assessment, caller: Caller
) -> None:
    """Raise `NotFoundError` unless the caller may read the assessment that it was given for.

    The error names the recommendation alone, as it does for one that does not exist.
    """
    if not caller.is_staff and assessment.student_id != caller.user_id:
        raise NotFoundError(f"no recommendation {recommendation.id}")
