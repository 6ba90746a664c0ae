from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from statistics import mean
from typing import Any

from shared.domain.errors import NotFoundError
from shared.domain.feedback import (
    CredentialFeedback,
    Feedback,
    FeedbackFigures,
    FeedbackId,
    FeedbackSelection,
    FeedbackSummary,
    PromptFeedback,
    SplitFigures,
    TrackFeedback,
)
from shared.domain.recommendation import CredentialId, Recommendation, RecommendationId
from shared.domain.track import TrackId
from shared.domain.user import UserId
from tests.fakes.store.state import State

Subject = tuple[str, str, str | None]


class FakeFeedbackRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, feedback: Feedback) -> None:
        if any(
            _subject(f) == _subject(feedback) and f.revision == feedback.revision
            for f in self._state.feedback.values()
        ):
            raise ValueError(f"there is a revision {feedback.revision} of this feedback")
        self._state.feedback[feedback.id] = feedback

    def get(self, feedback_id: FeedbackId) -> Feedback:
        if feedback_id not in self._state.feedback:
            raise NotFoundError(f"no feedback {feedback_id}")
        return self._state.feedback[feedback_id]

    def newest(
        self,
        recommendation_id: RecommendationId,
        credential_id: CredentialId | None,
        author_id: UserId,
    ) -> Feedback | None:
        return self._newest().get((recommendation_id, author_id, credential_id))

    def summarize(self, selection: FeedbackSelection) -> FeedbackSummary:
        counting = [f for f in self._newest().values() if self._is_selected(f, selection)]
        by_prompt = _grouped(counting, self._prompt_of)
        items = [f for f in counting if f.credential_id]
        return FeedbackSummary(
            by_track=tuple(
                TrackFeedback(track_id=track_id, figures=_split(group))
                for track_id, group in _grouped(counting, self._track_of).items()
            ),
            by_credential=tuple(
                CredentialFeedback(credential_id=credential_id, figures=_figures(group))
                for credential_id, group in _grouped(items, lambda f: f.credential_id).items()
            ),
            by_prompt=tuple(
                PromptFeedback(engine=engine, prompt_version=version or None, figures=_split(group))
                for (engine, version), group in by_prompt.items()
            ),
        )

    def _newest(self) -> Mapping[Subject, Feedback]:
        everything = sorted(self._state.feedback.values(), key=lambda f: f.revision)
        return {_subject(feedback): feedback for feedback in everything}

    def _is_selected(self, feedback: Feedback, selection: FeedbackSelection) -> bool:
        at, track_id = feedback.created_at, selection.track_id
        return (
            (selection.since is None or at >= selection.since)
            and (selection.until is None or at < selection.until)
            and (track_id is None or self._track_of(feedback) == track_id)
        )

    def _track_of(self, feedback: Feedback) -> TrackId:
        return self._state.assessments[self._of(feedback).assessment_id].track_id

    def _prompt_of(self, feedback: Feedback) -> tuple[str, str]:
        provenance = self._of(feedback).provenance
        return provenance.engine, provenance.prompt_version or ""

    def _of(self, feedback: Feedback) -> Recommendation:
        everything = self._state.recommendations.values()
        return next(r for r in everything if r.id == feedback.recommendation_id)


def _subject(feedback: Feedback) -> Subject:
    return feedback.recommendation_id, feedback.author_id, feedback.credential_id


def _grouped(
    feedback: Iterable[Feedback], key: Callable[[Feedback], Any]
) -> Mapping[Any, list[Feedback]]:
    return {of: list(group) for of, group in groupby(sorted(feedback, key=key), key=key)}


def _split(feedback: list[Feedback]) -> SplitFigures:
    return SplitFigures(
        recommendations=_figures([f for f in feedback if f.credential_id is None]),
        items=_figures([f for f in feedback if f.credential_id is not None]),
    )


def _figures(feedback: list[Feedback]) -> FeedbackFigures:
    said = [f.rating.accepted for f in feedback if f.rating.accepted is not None]
    return FeedbackFigures(
        count=len(feedback),
        people=len({f.author_id for f in feedback}),
        mean_relevance=mean(float(f.rating.relevance) for f in feedback) if feedback else None,
        mean_fit=mean(float(f.rating.fit) for f in feedback) if feedback else None,
        accepted_share=mean(map(float, said)) if said else None,
    )
