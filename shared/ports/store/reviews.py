"""Essays that wait for a person, and who is reading which."""

from datetime import datetime
from typing import Protocol

from shared.domain.essay import EssayScoreId
from shared.domain.review import Lease, Place, Review


class ReviewRepository(Protocol):
    def queue(self, *, now: datetime, limit: int, after: Place | None) -> tuple[Review, ...]:
        """Return essays whose newest score needs review, in their order.

        Of assessments that are completed, or that people alone read.

        Those whose words were erased are left out: there is nothing to read.
        """
        ...

    def lease(self, lease: Lease, *, now: datetime) -> None:
        """Store the lease; the holder's own is extended, and one that has ended is replaced.

        Raises `ReviewLeasedError` while somebody else's holds. One conditional statement, so that
        of two people one wins.
        """
        ...

    def lease_of(self, essay_score_id: EssayScoreId, *, now: datetime) -> Lease | None:
        """Return the lease that holds now."""
        ...

    def end_lease(self, essay_score_id: EssayScoreId) -> None: ...
