"""List the assessments of all students, newest first."""

from shared.domain.assessment import AssessmentId
from shared.domain.cohort import CohortEntry, CohortSelection
from shared.ports.store import Store


def list_cohort(
    selection: CohortSelection, *, limit: int, after: AssessmentId | None, store: Store
) -> tuple[tuple[CohortEntry, ...], AssessmentId | None]:
    """Return a page and, unless it is the last, the cursor of the next."""
    with store.begin() as repositories:
        found = repositories.cohort.assessments(selection, limit=limit + 1, after=after)
    items = found[:limit]
    return items, items[-1].assessment.id if len(found) > limit else None
