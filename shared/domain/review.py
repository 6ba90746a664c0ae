"""When a person looks at an essay: what comes first, who looks, and what their marks make of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from shared.domain.assessment import Assessment, AssessmentStatus
from shared.domain.errors import (
    InvalidInputError,
    MarksMissingError,
    ResultNotReadyError,
    ReviewLeasedError,
    ReviewNotNeededError,
)
from shared.domain.essay import (
    PERSON,
    CriterionScore,
    EssayScore,
    EssayScoreId,
    Provenance,
    SecondReading,
    weigh,
)
from shared.domain.question import CriterionName, Question, QuestionId, Rubric, RubricCriterion
from shared.domain.scoring import BAND_FLOORS, Profile
from shared.domain.track import TrackId
from shared.domain.user import UserId

LEASE: Final = timedelta(minutes=15)
"""An essay takes five minutes to read and mark; one that was put aside is soon free again."""
NEAR_BAND: Final = 5
"""Points of the overall score: a mark that is wrong by three of ten moves it so far where the essay
is one of six questions that count."""
MAX_REASON_LENGTH: Final = 1_000


class Urgency(IntEnum):
    """What a review may change, most first."""

    UNREAD = 0
    """Nobody has marked it, and the student has no result before somebody does."""
    NEAR_BAND = 1
    """Unsure, and the overall score is so near a band's floor that the band may change."""
    FLAGGED = 2
    UNSURE = 3


def is_near_band(overall_score: int) -> bool:
    return any(abs(overall_score - floor) <= NEAR_BAND for floor, _ in BAND_FLOORS)


def urgency_of(score: EssayScore, overall_score: int | None) -> Urgency:
    """Return how soon a person should look at a score that needs review."""
    if score.is_unread:
        return Urgency.UNREAD
    if score.is_unsure and overall_score is not None and is_near_band(overall_score):
        return Urgency.NEAR_BAND
    return Urgency.FLAGGED if score.flags else Urgency.UNSURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Somebody is reviewing an essay, and nobody else may until then."""

    essay_score_id: EssayScoreId
    holder_id: UserId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One essay that waits for a person: all that a fair mark needs, and nothing of whose it is."""

    score: EssayScore
    question: Question
    """As it was asked."""
    answer: str
    track_id: TrackId
    overall_score: int | None
    """None while the assessment has no result, since people are still reading it."""
    urgency: Urgency
    lease: Lease | None
    """None as well when it has ended."""

    @property
    def second_reading(self) -> SecondReading | None:
        return self.score.second_reading

    @property
    def place(self) -> "Place":
        return Place(
            urgency=self.urgency, scored_at=self.score.created_at, essay_score_id=self.score.id
        )


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where an essay stands in the queue: by urgency, then the oldest first."""

    urgency: Urgency
    scored_at: datetime
    essay_score_id: EssayScoreId

    def __str__(self) -> str:
        return f"{self.urgency:d} {self.scored_at.isoformat()} {self.essay_score_id}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Read what `str` wrote; raises `InvalidInputError` for anything else."""
        try:
            urgency, scored_at, essay_score_id = text.split(" ")
            moment = datetime.fromisoformat(scored_at)
            place = cls(
                urgency=Urgency(int(urgency)),
                scored_at=moment,
                essay_score_id=EssayScoreId(essay_score_id),
            )
        except ValueError:
            place = None
        if place is None or place.scored_at.tzinfo is None:
            raise InvalidInputError(
                "the cursor is not one that this list gave; start again without",
                pointer="query/cursor",
            )
        return place


@dataclass(frozen=True, slots=True, kw_only=True)
class OverriddenMark:
    """What a person says of one criterion."""

    name: CriterionName
    score: float
    """0–10."""
    reason: str
    """In the person's own words, which the student reads as feedback."""


REVIEWABLE: Final = frozenset({AssessmentStatus.COMPLETED, AssessmentStatus.IN_REVIEW})


def ensure_reviewable(assessment: Assessment) -> None:
    """Raise `ResultNotReadyError` unless the assessment is completed, or waits for people."""
    if assessment.status not in REVIEWABLE:
        raise ResultNotReadyError(
            f"the assessment is {assessment.status}; its marks can be reviewed once it is completed"
        )


def ensure_wanted(score: EssayScore, newest: EssayScore) -> None:
    """Raise `ReviewNotNeededError` unless it is the newest of its essay and needs review."""
    if score.id != newest.id:
        raise ReviewNotNeededError(
            "this essay has a newer score; read the queue again for what is left to review"
        )
    if not score.needs_review:
        raise ReviewNotNeededError(
            "this score needs no review; to change it nevertheless, override it"
        )


def ensure_free(lease: Lease | None, reviewer: UserId) -> None:
    """Raise `ReviewLeasedError` while somebody else's lease holds."""
    if lease is not None and lease.holder_id != reviewer:
        raise ReviewLeasedError(until=lease.until)


def override(
    newest: EssayScore,
    marks: Sequence[OverriddenMark],
    rubric: Rubric,
    *,
    id: EssayScoreId,
    at: datetime,
) -> EssayScore:
    """Return the next score of the essay: these marks by a person, the others as they stand.

    Nothing stays unsure or flagged, since a person has looked. A new mark has the reason for its
    feedback and no evidence: the old quotes speak for the old mark.

    Raises:
        InvalidInputError: a criterion is named twice, or the score does not have it; or nobody has
            marked the essay yet, and one of the rubric is left out.
    """
    marked = {criterion.name: criterion for criterion in newest.criteria}
    known = [c.name for c in rubric.criteria] if newest.is_unread else list(marked)
    for index, mark in enumerate(marks):
        pointer = f"/criteria/{index}/name"
        if mark.name not in known:
            raise InvalidInputError(
                f"the essay is not marked by {mark.name}; name one of {', '.join(sorted(known))}",
                pointer=pointer,
            )
        if any(mark.name is earlier.name for earlier in marks[:index]):
            raise InvalidInputError(f"{mark.name} is named twice; once is enough", pointer=pointer)
    by_name = {mark.name: mark for mark in marks}
    missing = sorted(name for name in known if name not in by_name and name not in marked)
    if missing:
        raise InvalidInputError(
            f"nobody has marked this essay yet; mark {', '.join(missing)} as well",
            pointer="/criteria",
        )
    criteria = tuple(
        _marked(by_name[name], rubric) if name in by_name else marked[name] for name in known
    )
    return _reviewed(newest, criteria, score=weigh(criteria, rubric), id=id, at=at)


def confirm(newest: EssayScore, *, id: EssayScoreId, at: datetime) -> EssayScore:
    """Return the next score of the essay: the same marks, which a person stands for now.

    Raises `MarksMissingError` where nobody has marked it.
    """
    if newest.is_unread:
        raise MarksMissingError(
            "nobody has marked this essay yet, so there is nothing to confirm; override it with a "
            "mark for each criterion"
        )
    return _reviewed(newest, newest.criteria, score=newest.score, id=id, at=at)


def _marked(mark: OverriddenMark, rubric: Rubric) -> CriterionScore:
    criterion = next(c for c in rubric.criteria if c.name is mark.name)
    return CriterionScore(
        name=mark.name,
        score=mark.score,
        feedback=mark.reason,
        next_level=_next_level(criterion, mark.score),
        evidence=(),
        unsure=False,
    )


def _next_level(criterion: RubricCriterion, score: float) -> str:
    """Return what the rubric asks for the lowest level above the mark; nothing at the top."""
    above = [level for level in criterion.levels if level.score > score]
    return min(above, key=lambda level: level.score).description if above else ""


def _reviewed(
    newest: EssayScore,
    criteria: Iterable[CriterionScore],
    *,
    score: float,
    id: EssayScoreId,
    at: datetime,
) -> EssayScore:
    return replace(
        newest,
        id=id,
        score=score,
        criteria=tuple(replace(c, unsure=False, certainty=1.0) for c in criteria),
        flags=(),
        provenance=Provenance(engine=PERSON),
        attempt=newest.attempt + 1,
        created_at=at,
        second_reading=None,
    )


def newest_of(question_id: QuestionId, scores: Iterable[EssayScore]) -> EssayScore | None:
    """Return the score of the question among the newest scores of an assessment."""
    return next((score for score in scores if score.question_id == question_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a review did to an essay and to the result."""

    before: EssayScore
    after: EssayScore
    profile_before: Profile | None
    """None, as the other, while people are still reading and there is no result."""
    profile_after: Profile | None
