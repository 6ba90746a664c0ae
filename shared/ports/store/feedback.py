"""What people think of recommendations."""

from typing import Protocol

from shared.domain.feedback import Feedback, FeedbackId, FeedbackSelection, FeedbackSummary
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.domain.user import UserId


class FeedbackRepository(Protocol):
    def add(self, feedback: Feedback) -> None:
        """Append feedback; its revision must be new to the author, recommendation and item."""
        ...

    def get(self, feedback_id: FeedbackId) -> Feedback:
        """Return the feedback, replaced or not, or raise `NotFoundError`."""
        ...

    def newest(
        self,
        recommendation_id: RecommendationId,
        credential_id: CredentialId | None,
        author_id: UserId,
    ) -> Feedback | None:
        """Return the author's newest feedback on this; None without any.

        It is a lock on the assessment that keeps it the newest until the transaction ends.
        """
        ...

    def summarize(self, selection: FeedbackSelection) -> FeedbackSummary:
        """Aggregate the selected feedback, all breakdowns as of one moment.

        Of each author, recommendation and item the newest revision counts, and no other, whatever
        the selection.
        """
        ...
