"""Tell how far a rescore has come, and who moves."""

from dataclasses import dataclass

from shared.domain.assessment import AssessmentId
from shared.domain.rescore import Rescore, RescoreCounts, RescoreId, RescoreItem, Shown
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RescorePage:
    rescore: Rescore
    counts: RescoreCounts
    items: tuple[RescoreItem, ...]
    next_cursor: AssessmentId | None


def get_rescore(
    rescore_id: RescoreId, *, shown: Shown, limit: int, after: AssessmentId | None, store: Store
) -> RescorePage:
    """Raises `NotFoundError` for an unknown rescore."""
    with store.begin() as repositories:
        rescore = repositories.rescores.get(rescore_id)
        counts = repositories.rescores.counts(rescore_id)
        found = repositories.rescores.items(rescore_id, shown=shown, limit=limit + 1, after=after)
    items = found[:limit]
    return RescorePage(
        rescore=rescore,
        counts=counts,
        items=items,
        next_cursor=items[-1].assessment_id if len(found) > limit else None,
    )
