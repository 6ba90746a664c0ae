"""Bodies of feedback on recommendations, and of its aggregates."""

from typing import Annotated, Self

from pydantic import Field, StrictBool

from shared.api.schemas.assessments import Id
from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.domain.feedback import (
    BEST,
    MAX_COMMENT_LENGTH,
    WORST,
    CredentialFeedback,
    Feedback,
    FeedbackFigures,
    PromptFeedback,
    Rating,
    TrackFeedback,
)
from shared.domain.rounding import half_up

Mark = Annotated[int, Field(strict=True, ge=WORST, le=BEST)]


class FeedbackIn(RequestBody):
    relevance: Mark
    fit: Mark
    accepted: StrictBool | None = None
    comment: Annotated[Text | None, Field(max_length=MAX_COMMENT_LENGTH)] = None
    credential_id: Id | None = None

    def to_rating(self) -> Rating:
        """A blank comment says nothing, and so is none."""
        return Rating(
            relevance=self.relevance,
            fit=self.fit,
            accepted=self.accepted,
            comment=(self.comment or "").strip() or None,
        )


class FeedbackOut(ResponseBody):
    """Without the comment: erasure may empty it, and a replay is the first answer again."""

    id: str
    recommendation_id: str
    credential_id: str | None
    revision: int
    relevance: int
    fit: int
    accepted: bool | None
    created_at: Time

    @classmethod
    def of(cls, feedback: Feedback) -> Self:
        return cls(
            id=feedback.id,
            recommendation_id=feedback.recommendation_id,
            credential_id=feedback.credential_id,
            revision=feedback.revision,
            relevance=feedback.rating.relevance,
            fit=feedback.rating.fit,
            accepted=feedback.rating.accepted,
            created_at=feedback.created_at,
        )


class FiguresOut(ResponseBody):
    count: int
    people: int
    mean_relevance: float | None
    mean_fit: float | None
    accepted_share: float | None
    """0–1, of those who say whether they accept."""

    @classmethod
    def of(cls, figures: FeedbackFigures) -> Self:
        return cls(
            count=figures.count,
            people=figures.people,
            mean_relevance=_rounded(figures.mean_relevance),
            mean_fit=_rounded(figures.mean_fit),
            accepted_share=_rounded(figures.accepted_share),
        )


class TrackFeedbackOut(ResponseBody):
    track_id: str
    recommendations: FiguresOut
    """About recommendations as wholes."""
    items: FiguresOut
    """About single items of them."""

    @classmethod
    def of(cls, group: TrackFeedback) -> Self:
        return cls(
            track_id=group.track_id,
            recommendations=FiguresOut.of(group.figures.recommendations),
            items=FiguresOut.of(group.figures.items),
        )


class PromptFeedbackOut(ResponseBody):
    engine: str
    prompt_version: str | None
    """Null for an engine without a prompt."""
    recommendations: FiguresOut
    items: FiguresOut

    @classmethod
    def of(cls, group: PromptFeedback) -> Self:
        return cls(
            engine=group.engine,
            prompt_version=group.prompt_version,
            recommendations=FiguresOut.of(group.figures.recommendations),
            items=FiguresOut.of(group.figures.items),
        )


class CredentialFeedbackOut(FiguresOut):
    credential_id: str
    title: str | None
    """As the catalog has it now; null for what it no longer holds."""

    @classmethod
    def build(cls, group: CredentialFeedback, title: str | None) -> Self:
        return cls(
            credential_id=group.credential_id, title=title, **dict(FiguresOut.of(group.figures))
        )


class FeedbackDashboardOut(ResponseBody):
    since: Time | None
    until: Time | None
    track_id: str | None
    by_track: list[TrackFeedbackOut]
    by_credential: list[CredentialFeedbackOut]
    withheld: int
    """Credentials that fewer than three people have spoken of."""
    by_prompt_version: list[PromptFeedbackOut]


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else half_up(mean, 2)
