"""Bodies of reviews: essays that wait for a person, leases, and marks that a person gives."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field

from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.api.schemas.results import CriterionScoreOut, ScoredByOut
from shared.domain.essay import EssayScore, SecondReading
from shared.domain.question import CriterionName, Rubric
from shared.domain.review import MAX_REASON_LENGTH, Lease, OverriddenMark, Review, Urgency
from shared.domain.scoring import Band, band_of
from shared.domain.user import Caller


def _said(text: str) -> str:
    if not (said := text.strip()):
        raise ValueError("say why, in a sentence that the student can read")
    return said


Score = Annotated[float, Field(strict=True, ge=0, le=10, allow_inf_nan=False)]
Reason = Annotated[Text, Field(max_length=MAX_REASON_LENGTH), AfterValidator(_said)]


UrgencyName = Literal["unread", "near_band", "flagged", "unsure"]
URGENCY: Final[Mapping[Urgency, UrgencyName]] = {
    Urgency.UNREAD: "unread",
    Urgency.NEAR_BAND: "near_band",
    Urgency.FLAGGED: "flagged",
    Urgency.UNSURE: "unsure",
}


class MarkIn(RequestBody):
    name: CriterionName
    score: Score
    reason: Reason
    """The student reads it as feedback."""

    def to_domain(self) -> OverriddenMark:
        return OverriddenMark(name=self.name, score=self.score, reason=self.reason)


class OverrideIn(RequestBody):
    criteria: Annotated[list[MarkIn], Field(min_length=1, max_length=len(CriterionName))]
    """Those to change; the others stand. All of them where nobody has marked the essay."""


class MarkOut(ResponseBody):
    name: CriterionName
    score: float
    max_score: float = 10


class ReviewedOut(ResponseBody):
    """Numbers only: erasure may empty the words, and a replay is the first answer again."""

    essay_score_id: str
    assessment_id: str
    question_id: str
    score: float
    max_score: float = 10
    criteria: list[MarkOut]
    attempt: int
    created_at: Time

    @classmethod
    def of(cls, score: EssayScore) -> Self:
        return cls(
            essay_score_id=score.id,
            assessment_id=score.assessment_id,
            question_id=score.question_id,
            score=score.score,
            criteria=[MarkOut(name=c.name, score=c.score) for c in score.criteria],
            attempt=score.attempt,
            created_at=score.created_at,
        )


class LeaseOut(ResponseBody):
    essay_score_id: str
    until: Time

    @classmethod
    def of(cls, lease: Lease) -> Self:
        return cls(essay_score_id=lease.essay_score_id, until=lease.until)


class LeasedOut(ResponseBody):
    """Until when somebody is at it; whom else, nobody is told."""

    until: Time
    mine: bool

    @classmethod
    def of(cls, lease: Lease, caller: Caller) -> Self:
        return cls(until=lease.until, mine=lease.holder_id == caller.user_id)


class SecondReadingOut(ResponseBody):
    """What another engine made of the answer."""

    score: float
    max_score: float = 10
    engine: str
    model: str | None
    bound: float
    """Difference of the two scores beyond which a person looks."""

    @classmethod
    def of(cls, reading: SecondReading) -> Self:
        return cls(
            score=reading.score,
            engine=reading.provenance.engine,
            model=reading.provenance.model,
            bound=reading.bound,
        )


class MarkingLevelOut(ResponseBody):
    score: float
    description: str


class MarkingCriterionOut(ResponseBody):
    name: CriterionName
    weight: float
    levels: list[MarkingLevelOut]


class MarkingKeyPointOut(ResponseBody):
    text: str
    weight: float


class MarkingRubricOut(ResponseBody):
    """What a person marks an essay by that no engine has read."""

    criteria: list[MarkingCriterionOut]
    key_points: list[MarkingKeyPointOut]
    reference_answer: str

    @classmethod
    def of(cls, rubric: Rubric) -> Self:
        return cls(
            criteria=[
                MarkingCriterionOut(
                    name=criterion.name,
                    weight=criterion.weight,
                    levels=[
                        MarkingLevelOut(score=level.score, description=level.description)
                        for level in criterion.levels
                    ],
                )
                for criterion in rubric.criteria
            ],
            key_points=[
                MarkingKeyPointOut(text=p.text, weight=p.weight) for p in rubric.key_points
            ],
            reference_answer=rubric.reference_answer,
        )


class ReviewOut(ResponseBody):
    """All that a fair mark needs, and nothing of whose answer it is."""

    essay_score_id: str
    assessment_id: str
    track_id: str
    question_id: str
    prompt: str
    domain: str
    answer: str
    rubric: MarkingRubricOut
    score: float | None
    """Null, as `scoredBy`, where nobody has read the essay."""
    max_score: float = 10
    criteria: list[CriterionScoreOut]
    feedback: str
    flags: list[str]
    second_reading: SecondReadingOut | None
    scored_by: ScoredByOut | None
    scored_at: Time
    """Or since when it waits unread."""
    overall_score: int | None
    """Null, as `band`, while there is no result."""
    band: Band | None
    urgency: UrgencyName
    lease: LeasedOut | None

    @classmethod
    def build(cls, review: Review, caller: Caller) -> Self:
        score, second = review.score, review.second_reading
        rubric, overall = review.question.rubric, review.overall_score
        if rubric is None:
            raise ValueError(f"question {review.question.id} has no rubric")
        return cls(
            essay_score_id=score.id,
            assessment_id=score.assessment_id,
            track_id=review.track_id,
            question_id=score.question_id,
            prompt=review.question.prompt,
            domain=review.question.domain,
            answer=review.answer,
            rubric=MarkingRubricOut.of(rubric),
            score=None if score.is_unread else score.score,
            criteria=[CriterionScoreOut.of(c) for c in score.criteria],
            feedback=score.feedback,
            flags=list(score.flags),
            second_reading=SecondReadingOut.of(second) if second else None,
            scored_by=None if score.is_unread else ScoredByOut.of(score),
            scored_at=score.created_at,
            overall_score=overall,
            band=None if overall is None else band_of(overall),
            urgency=URGENCY[review.urgency],
            lease=LeasedOut.of(review.lease, caller) if review.lease else None,
        )


class ReviewPageOut(ResponseBody):
    items: list[ReviewOut]
    next_cursor: str | None
