"""Rescoring: completed assessments are marked again, and who moves is told before anybody does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Self

from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.errors import TURNED_AWAY, ResultNotReadyError
from shared.domain.essay import CriterionScore, EssayScore
from shared.domain.question import CriterionName, QuestionId
from shared.domain.scoring import Band, Profile

RescoreId = NewType("RescoreId", str)

WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""After each try of an assessment that failed; the try after the last wait is the last."""
OUTAGE_WAIT: Final = timedelta(minutes=1)
"""A round that meets an outage ends, and the next one is a minute later."""
OUTAGE: Final = (TURNED_AWAY - {"invalid_request"}) | {"over_budget"}
"""Reasons that no essay is to blame for: nothing was marked, so no try is counted."""


class RescoreScope(StrEnum):
    ASSESSMENT = "assessment"
    QUESTION = "question"
    """One question's essays, in every completed assessment that asked it."""
    TRACK = "track"
    DEGRADED = "degraded"
    """One assessment that a fallback marked, by itself, when the model is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescore:
    """What an admin, an operator or the system wants marked again."""

    id: RescoreId
    scope: RescoreScope
    subject: str
    """Id of the assessment, question or track."""
    since: datetime | None
    """Those that were completed then or later; None for all."""
    is_dry_run: bool
    """Nothing changes but the report."""
    may_lower: bool
    requested_by: str
    """A user's id, `OPERATOR` or `SYSTEM`."""
    requested_at: datetime
    finished_at: datetime | None = None

    @property
    def question_id(self) -> QuestionId | None:
        """The one question to mark; None for every essay."""
        return QuestionId(self.subject) if self.scope is RescoreScope.QUESTION else None

    @property
    def heals(self) -> bool:
        """Whether it is about what a fallback marked, and nothing else."""
        return self.scope is RescoreScope.DEGRADED


def ensure_completed(assessment: Assessment) -> None:
    """Raise `ResultNotReadyError` unless the assessment has marks to compare new ones with."""
    if assessment.status is not AssessmentStatus.COMPLETED:
        raise ResultNotReadyError(
            f"the assessment is {assessment.status}; it can be marked again once it is completed"
        )


class Verdict(StrEnum):
    """What comes of an essay's new mark."""

    RAISED = "raised"
    LOWERED = "lowered"
    UNCHANGED = "unchanged"
    WITHHELD = "withheld"
    """It would be lower, and nobody said that marks may be lowered: the old one stands."""
    BY_PERSON = "by_person"
    """A person gave or confirmed the mark: nothing replaces it."""
    BLANK = "blank"
    """There is no text: nothing was written, or it was erased."""
    FAILED = "failed"
    """The engine would not mark it."""


class Movement(StrEnum):
    """Where an assessment's overall score goes."""

    RAISED = "raised"
    LOWERED = "lowered"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class RescoredEssay:
    question_id: QuestionId
    before: float
    """0–10."""
    after: float | None
    """0–10, what the engine gives now, whether or not it counts; None where it gave nothing."""
    verdict: Verdict
    counts: bool
    """Whether the new mark is the one that counts; of a dry run, whether it would be."""
    reason: str | None = None
    """Why the engine would not mark it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What of a result may move."""

    overall_score: int
    band: Band
    confidence: float


def standing_of(profile: Profile) -> Standing:
    return Standing(
        overall_score=profile.overall_score, band=profile.band, confidence=profile.confidence
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RescoredAssessment:
    before: Standing
    after: Standing
    essays: tuple[RescoredEssay, ...]

    @property
    def movement(self) -> Movement:
        moved = self.after.overall_score - self.before.overall_score
        if moved == 0:
            return Movement.UNCHANGED
        return Movement.RAISED if moved > 0 else Movement.LOWERED

    @property
    def crosses_band(self) -> bool:
        return self.before.band is not self.after.band

    @property
    def withheld(self) -> int:
        return sum(essay.verdict is Verdict.WITHHELD for essay in self.essays)


class ItemStatus(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    """Nothing of it could be marked, however often it was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RescoreItem:
    """One assessment of a rescore."""

    rescore_id: RescoreId
    assessment_id: AssessmentId
    status: ItemStatus
    attempt: int
    """Counts claims: who holds an older one has lost it."""
    failures: int
    """Tries that failed for another reason than an outage."""
    not_before: datetime
    """Nobody takes it earlier: it is taken, or it waits for its next try."""
    outcome: RescoredAssessment | None = None
    error: str | None = None
    """A short stable word: why the last try failed."""
    finished_at: datetime | None = None

    def done(self, outcome: RescoredAssessment, *, at: datetime) -> Self:
        return replace(self, status=ItemStatus.DONE, outcome=outcome, error=None, finished_at=at)

    def postponed(self, error: str, *, until: datetime) -> Self:
        """Return it as after an attempt that came to nothing through nobody's fault."""
        return replace(self, error=error, not_before=until)

    def failed(self, error: str, *, at: datetime) -> Self:
        """Return it as after a try that failed: it waits for the next, or there is none."""
        failures = self.failures + 1
        if is_last_try(self):
            return replace(
                self, status=ItemStatus.FAILED, failures=failures, error=error, finished_at=at
            )
        return replace(self, failures=failures, error=error, not_before=at + WAITS[self.failures])


@dataclass(frozen=True, slots=True, kw_only=True)
class RescoreCounts:
    """Assessments of a rescore; `withheld` counts essays."""

    total: int
    pending: int
    done: int
    failed: int
    raised: int
    lowered: int
    unchanged: int
    crossed_band: int
    withheld: int


class Shown(StrEnum):
    """Which assessments of a rescore are listed."""

    ALL = "all"
    MOVED = "moved"
    CROSSED_BAND = "crossed_band"
    FAILED = "failed"


def verdict_of(before: EssayScore, after: EssayScore, *, may_lower: bool) -> Verdict:
    if after.score == before.score:
        return Verdict.UNCHANGED
    if after.score > before.score:
        return Verdict.RAISED
    return Verdict.LOWERED if may_lower else Verdict.WITHHELD


def replaces(before: EssayScore, after: EssayScore, verdict: Verdict) -> bool:
    """Tell whether the new mark becomes the one that counts.

    With the same total it does so only where a criterion's mark or the engine is another: a model
    says the same in other words each time, and that is no correction.
    """
    match verdict:
        case Verdict.RAISED | Verdict.LOWERED:
            return True
        case Verdict.UNCHANGED:
            is_remarked = _marks(before.criteria) != _marks(after.criteria)
            return is_remarked or before.provenance.engine != after.provenance.engine
        case _:
            return False


def _marks(criteria: Sequence[CriterionScore]) -> dict[CriterionName, float]:
    return {criterion.name: criterion.score for criterion in criteria}


def is_last_try(item: RescoreItem) -> bool:
    """Tell whether the next failure is final."""
    return item.failures >= len(WAITS)
