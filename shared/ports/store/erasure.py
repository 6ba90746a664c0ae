"""The one way to take personal text out of what is otherwise kept as it was written."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.domain.assessment import AssessmentId
from shared.domain.user import UserId


class ErasureRepository(Protocol):
    """Both return how many rows of each table had something to erase.

    What is erased of assessments: responses, words and quotations of scores, the words of profiles
    and recommendations, and what jobs handed on. Jobs that were not done are done: whoever works
    at one finds that it is not theirs any more, and must roll back. Marks, degradations, usage and
    the questions stay, under a pseudonym: a random id that is written nowhere else.
    """

    def erase_user(
        self, user_id: UserId, assessment_ids: Sequence[AssessmentId]
    ) -> Mapping[str, int]:
        """Erase the account and its sessions, keys and sent events, and all of the assessments.

        Name all assessments that the user has, locked. Raises `NotFoundError` for no such user.
        """
        ...

    def erase_assessments(self, assessment_ids: Sequence[AssessmentId]) -> Mapping[str, int]:
        """Take the assessments from their students, each under a pseudonym of its own."""
        ...
