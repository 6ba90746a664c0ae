"""What staff decide on the items of recommendations."""

from typing import Protocol

from shared.domain.recommendation import RecommendationId
from shared.domain.verdict import ItemVerdict, VerdictId, Verdicts


class VerdictRepository(Protocol):
    def add(self, verdict: ItemVerdict) -> None:
        """Append a verdict; raises `ValueError` for a revision that the item has already."""
        ...

    def get(self, verdict_id: VerdictId) -> ItemVerdict:
        """Return the verdict, replaced or not, or raise `NotFoundError`."""
        ...

    def newest(self, recommendation_id: RecommendationId) -> Verdicts:
        """Return the verdict of the highest revision of each item that has one.

        It is a lock on the assessment that keeps them the newest until the transaction ends.
        """
        ...
