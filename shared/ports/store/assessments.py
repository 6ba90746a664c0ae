"""Assessments with all that belongs to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.assessment import Assessment, AssessmentId, Response, Snapshot
from shared.domain.consent import Consent
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.question import QuestionId
from shared.domain.scoring import Profile, RuleScore
from shared.domain.track import TrackId
from shared.domain.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of assessments, newest first; `next_cursor` is None on the last."""

    items: tuple[Assessment, ...]
    next_cursor: AssessmentId | None


class AssessmentRepository(Protocol):
    def add(self, assessment: Assessment, snapshots: Sequence[Snapshot]) -> None: ...

    def get(self, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment, or raise `NotFoundError`."""
        ...

    def lock(self, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment, locked until the transaction ends, or raise `NotFoundError`."""
        ...

    def lock_all_of(self, student_id: UserId) -> tuple[Assessment, ...]:
        """Return the student's assessments, oldest first, locked until the transaction ends."""
        ...

    def lock_unsubmitted(self, student_id: UserId) -> tuple[Assessment, ...]:
        """Return what the student started and did not submit, expired or not, oldest first.

        Locked until the transaction ends.
        """
        ...

    def save(self, assessment: Assessment) -> None:
        """Replace status, times, degradations and accommodations of the assessment with this id.

        `accommodations_version` stays what it was at the start, and `consent` what was decided
        last.
        """
        ...

    def save_consent(self, assessment_id: AssessmentId, consent: Consent) -> None:
        """Append a decision on AI scoring, which is in force from now on."""
        ...

    def consents(self, assessment_id: AssessmentId) -> tuple[Consent, ...]:
        """Return every decision on AI scoring, oldest first; none where nobody asked."""
        ...

    def snapshots(self, assessment_id: AssessmentId) -> tuple[Snapshot, ...]:
        """Return the questions as asked, by position."""
        ...

    def responses(self, assessment_id: AssessmentId) -> Mapping[QuestionId, Response]: ...

    def save_responses(self, assessment_id: AssessmentId, responses: Sequence[Response]) -> None:
        """Insert each response, or replace the one to the same question."""
        ...

    def page_of(self, student_id: UserId, *, limit: int, after: AssessmentId | None) -> Page: ...

    def count_running(self, track_id: TrackId, *, now: datetime) -> int:
        """Return how many of the track can still get a result: being answered or being scored."""
        ...

    def save_profile(self, assessment_id: AssessmentId, profile: Profile) -> None:
        """Insert the profile, or replace the one of this assessment."""
        ...

    def profile(self, assessment_id: AssessmentId) -> Profile | None: ...

    def add_rule_scores(self, assessment_id: AssessmentId, scores: Sequence[RuleScore]) -> None: ...

    def rule_scores(self, assessment_id: AssessmentId) -> tuple[RuleScore, ...]:
        """Return the marks in the order of their questions."""
        ...

    def add_essay_score(self, score: EssayScore) -> None:
        """Append a scoring event; its (question, attempt) must be new to the assessment."""
        ...

    def essay_scores(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        """Return the newest score of each essay, in the order of their questions."""
        ...

    def essay_score(self, essay_score_id: EssayScoreId) -> EssayScore:
        """Return one scoring event, whether it counts or not, or raise `NotFoundError`."""
        ...

    def essay_score_events(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        """Return every score of each essay, in the order of their questions and attempts."""
        ...

    def mark_pipeline_started(
        self, assessment_id: AssessmentId, *, run: int, at: datetime
    ) -> None: ...

    def pipeline_run(self, assessment_id: AssessmentId) -> int:
        """Return the number of the newest run that is known to have started; 0 for none."""
        ...

    def stuck(
        self, *, unstarted_before: datetime, running_before: datetime, limit: int
    ) -> tuple[AssessmentId, ...]:
        """Return assessments in `scoring` that want a look, oldest first.

        Those submitted before `unstarted_before` without a run that is known to have started, and
        those whose newest run started before `running_before`.
        """
        ...
