"""What people think of a recommendation, and what many of them say together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType

from shared.domain.errors import UnknownCredentialError
from shared.domain.recommendation import CredentialId, Recommendation, RecommendationId
from shared.domain.track import TrackId
from shared.domain.user import Role, UserId

FeedbackId = NewType("FeedbackId", str)

GIVERS: Final = frozenset({Role.STUDENT, Role.ADVISOR})
"""Admins keep the catalog; what they think of its use is nobody's feedback."""
WORST: Final = 1
BEST: Final = 5
MAX_COMMENT_LENGTH: Final = 1_000
FEWEST_PEOPLE: Final = 3
"""With fewer, a mean tells what one of them said to whoever knows the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What somebody says; marks are 1 (worst) to 5."""

    relevance: int
    """Does it speak to what the student lacks and wants?"""
    fit: int
    """Does it suit their level, time and plans?"""
    accepted: bool | None
    """Whether they would take it up; None where they do not say."""
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One rating as it was given. It is never changed: a later revision replaces it."""

    id: FeedbackId
    recommendation_id: RecommendationId
    credential_id: CredentialId | None
    """The item that it is about; None for the recommendation as a whole."""
    author_id: UserId
    author_role: Role
    """At that time."""
    revision: int
    """Counts up from 1 for one author, recommendation and item; the highest counts."""
    rating: Rating
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSelection:
    """Which feedback is looked at; of each author and subject only the newest ever is."""

    since: datetime | None = None
    """Inclusive, by when the feedback was given."""
    until: datetime | None = None
    """Exclusive."""
    track_id: TrackId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFigures:
    """What a group of ratings comes to; means are None where there is nothing to take them of."""

    count: int
    people: int
    """How many authors."""
    mean_relevance: float | None
    mean_fit: float | None
    accepted_share: float | None
    """0–1, of those who say whether they accept."""


NO_FEEDBACK: Final = FeedbackFigures(
    count=0, people=0, mean_relevance=None, mean_fit=None, accepted_share=None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFigures:
    """What is said of recommendations as wholes and what is said of single items stand apart.

    Together, somebody who rates five items would count six times.
    """

    recommendations: FeedbackFigures = NO_FEEDBACK
    items: FeedbackFigures = NO_FEEDBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFeedback:
    track_id: TrackId
    figures: SplitFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFeedback:
    """By what wrote the summary and the reasons: an engine, and its prompt where it has one."""

    engine: str
    prompt_version: str | None
    figures: SplitFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFeedback:
    credential_id: CredentialId
    figures: FeedbackFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSummary:
    """All groups that have feedback, each list in the order of its keys."""

    by_track: tuple[TrackFeedback, ...] = ()
    by_credential: tuple[CredentialFeedback, ...] = ()
    by_prompt: tuple[PromptFeedback, ...] = ()


def ensure_item(recommendation: Recommendation, credential_id: CredentialId | None) -> None:
    """Raise `UnknownCredentialError` for a credential that was not recommended."""
    if credential_id is None:
        return
    if credential_id not in {item.credential.id for item in recommendation.items}:
        raise UnknownCredentialError(
            "the recommendation has no item with this credential; name one of its items, or leave "
            "it out to speak of the recommendation as a whole",
            pointer="/credentialId",
        )


def withhold_small(
    groups: Sequence[CredentialFeedback],
) -> tuple[tuple[CredentialFeedback, ...], int]:
    """Return the groups of enough people, and the number of the others."""
    shown = tuple(group for group in groups if group.figures.people >= FEWEST_PEOPLE)
    return shown, len(groups) - len(shown)
