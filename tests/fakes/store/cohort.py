import re

from shared.adapters.postgres.ids import is_id
from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.cohort import CohortEntry, CohortSelection
from shared.domain.errors import InvalidInputError
from shared.domain.review import REVIEWABLE
from tests.fakes.store.assessments import FakeAssessmentRepository
from tests.fakes.store.state import State


class FakeCohortRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def assessments(
        self, selection: CohortSelection, *, limit: int, after: AssessmentId | None
    ) -> tuple[CohortEntry, ...]:
        if after is not None and not is_id(after):
            raise InvalidInputError("the cursor is not one that this list gave")
        older = [
            a
            for a in self._state.assessments.values()
            if a.student_id in self._state.users and (after is None or a.id < after)
        ]
        newest_first = sorted(older, key=lambda a: a.id, reverse=True)
        entries = [self._entry(assessment) for assessment in newest_first]
        return tuple(
            [e for e in entries if _is_selected(e, selection) and self._is_called(e, selection)][
                :limit
            ]
        )

    def _is_called(self, entry: CohortEntry, selection: CohortSelection) -> bool:
        user = self._state.users[entry.assessment.student_id]
        name = user.name.lower()
        called = [*name.split(), *re.split(r"[\s.,'\u2019()-]+", name), user.email.lower()]
        return all(any(c.startswith(w.lower()) for c in called) for w in selection.words)

    def _entry(self, assessment: Assessment) -> CohortEntry:
        scores = FakeAssessmentRepository(self._state).essay_scores(assessment.id)
        is_reviewable = assessment.status in REVIEWABLE
        return CohortEntry(
            assessment=assessment,
            student_name=self._state.users[assessment.student_id].name,
            profile=self._state.profiles.get(assessment.id),
            needs_review=is_reviewable and any(score.needs_review for score in scores),
        )


def _is_selected(entry: CohortEntry, selection: CohortSelection) -> bool:
    assessment = entry.assessment
    wanted = (
        (selection.student_id, assessment.student_id),
        (selection.track_id, assessment.track_id),
        (selection.band, entry.profile.band if entry.profile else ""),
        (selection.degraded, bool(assessment.degradations)),
        (selection.needs_review, entry.needs_review),
    )
    return (
        all(value is None or value == found for value, found in wanted)
        and (selection.since is None or assessment.started_at >= selection.since)
        and (selection.until is None or assessment.started_at < selection.until)
    )
