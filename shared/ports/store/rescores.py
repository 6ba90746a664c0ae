"""Rescores, and how far each has come with its assessments."""

from datetime import datetime, timedelta
from typing import Protocol

from shared.domain.assessment import AssessmentId
from shared.domain.rescore import Rescore, RescoreCounts, RescoreId, RescoreItem, Shown


class RescoreRepository(Protocol):
    def add(self, rescore: Rescore) -> int:
        """Store the rescore with one item for each completed assessment in its scope.

        Return how many those are; where there is none, nothing is stored. Of one assessment there
        is one rescore of scope `degraded`; a second one stores nothing.
        """
        ...

    def get(self, rescore_id: RescoreId) -> Rescore:
        """Return the rescore, or raise `NotFoundError`."""
        ...

    def counts(self, rescore_id: RescoreId) -> RescoreCounts: ...

    def items(
        self, rescore_id: RescoreId, *, shown: Shown, limit: int, after: AssessmentId | None
    ) -> tuple[RescoreItem, ...]:
        """Return items by assessment, from those beyond `after`.

        Raises `InvalidInputError` for an `after` that is no id.
        """
        ...

    def claim(self, *, now: datetime, lease: timedelta) -> RescoreItem | None:
        """Take the next item: its next attempt, and nobody else's during the lease.

        The firsts of all rescores come before the seconds, of these the one that has waited
        longest. Those that another transaction is taking are passed over.
        """
        ...

    def settle(self, item: RescoreItem) -> bool:
        """Store what came of an attempt, if it is the newest and the item is pending.

        Return whether it was stored. Who gets False lost the lease: it must roll back.
        """
        ...

    def finish(self, *, now: datetime) -> tuple[Rescore, ...]:
        """Finish the rescores that have nothing pending left; return them."""
        ...

    def unhealed(self, *, limit: int) -> tuple[AssessmentId, ...]:
        """Return completed assessments with an essay that a fallback marked, oldest first.

        Those that had a rescore of scope `degraded` are left out.
        """
        ...
