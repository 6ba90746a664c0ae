"""Assessments of many students."""

from typing import Protocol

from shared.domain.assessment import AssessmentId
from shared.domain.cohort import CohortEntry, CohortSelection


class CohortRepository(Protocol):
    def assessments(
        self, selection: CohortSelection, *, limit: int, after: AssessmentId | None
    ) -> tuple[CohortEntry, ...]:
        """Return the selected assessments, newest first, from those that are older than `after`.

        Raises `InvalidInputError` for an `after` that is no id.
        """
        ...
