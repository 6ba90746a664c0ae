from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_id, is_storable, must_be_id
from shared.adapters.postgres.tables import assessments, recommendation_feedback, recommendations
from shared.domain.errors import NotFoundError
from shared.domain.feedback import (
    CredentialFeedback,
    Feedback,
    FeedbackFigures,
    FeedbackId,
    FeedbackSelection,
    FeedbackSummary,
    PromptFeedback,
    Rating,
    SplitFigures,
    TrackFeedback,
)
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.domain.track import TrackId
from shared.domain.user import Role, UserId

_f = recommendation_feedback.c
_newer = recommendation_feedback.alias("newer")

BY_TRACK: Final = "track"
BY_CREDENTIAL: Final = "credential"
BY_PROMPT: Final = "prompt"


class PostgresFeedbackRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, feedback: Feedback) -> None:
        statement = insert(recommendation_feedback).values(_from_feedback(feedback))
        statement = statement.on_conflict_do_nothing(
            constraint="uq_recommendation_feedback_revision"
        )
        if self._connection.execute(statement).rowcount == 0:
            raise ValueError(f"there is a revision {feedback.revision} of this feedback")

    def get(self, feedback_id: FeedbackId) -> Feedback:
        must_be_id(feedback_id, "feedback")
        query = sa.select(recommendation_feedback).where(_f.id == feedback_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"no feedback {feedback_id}")
        return to_feedback(row)

    def newest(
        self,
        recommendation_id: RecommendationId,
        credential_id: CredentialId | None,
        author_id: UserId,
    ) -> Feedback | None:
        if not all(map(is_id, (recommendation_id, author_id, credential_id or author_id))):
            return None
        query = sa.select(recommendation_feedback).where(
            _f.recommendation_id == recommendation_id,
            _f.author_id == author_id,
            _f.credential_id.is_not_distinct_from(credential_id),
        )
        query = query.order_by(_f.revision.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return to_feedback(row) if row else None

    def summarize(self, selection: FeedbackSelection) -> FeedbackSummary:
        """One statement, so that the breakdowns agree."""
        if selection.track_id is not None and not is_storable(selection.track_id):
            return FeedbackSummary()
        rows = self._connection.execute(_grouped(_counting(selection))).all()
        by_track = _split(row for row in rows if row.breakdown == BY_TRACK)
        by_prompt = _split(row for row in rows if row.breakdown == BY_PROMPT)
        return FeedbackSummary(
            by_track=tuple(
                TrackFeedback(track_id=TrackId(track_id), figures=figures)
                for (track_id, *_), figures in by_track.items()
            ),
            by_credential=tuple(
                CredentialFeedback(
                    credential_id=CredentialId(row.credential_id), figures=_to_figures(row)
                )
                for row in rows
                if row.breakdown == BY_CREDENTIAL and row.is_item
            ),
            by_prompt=tuple(
                PromptFeedback(engine=engine, prompt_version=version, figures=figures)
                for (_, engine, version), figures in by_prompt.items()
            ),
        )


def _counting(selection: FeedbackSelection) -> sa.CTE:
    """The selected feedback that no newer one replaces, with what it is grouped by."""
    is_replaced = sa.exists().where(
        _newer.c.recommendation_id == _f.recommendation_id,
        _newer.c.author_id == _f.author_id,
        _newer.c.credential_id.is_not_distinct_from(_f.credential_id),
        _newer.c.revision > _f.revision,
    )
    query = (
        sa.select(
            _f.author_id,
            _f.credential_id,
            _f.credential_id.is_not(None).label("is_item"),
            _f.relevance,
            _f.fit,
            _f.accepted,
            assessments.c.track_id,
            recommendations.c.engine,
            recommendations.c.prompt_version,
        )
        .join_from(recommendation_feedback, recommendations)
        .join(assessments)
        .where(~is_replaced)
    )
    if selection.since is not None:
        query = query.where(_f.created_at >= selection.since)
    if selection.until is not None:
        query = query.where(_f.created_at < selection.until)
    if selection.track_id is not None:
        query = query.where(assessments.c.track_id == selection.track_id)
    return query.cte("counting")


def _grouped(counting: sa.CTE) -> sa.Executable:
    c = counting.c
    # grouping() is 0 where the column is one that the row is grouped by.
    breakdown = sa.case(
        (sa.func.grouping(c.track_id) == 0, BY_TRACK),
        (sa.func.grouping(c.credential_id) == 0, BY_CREDENTIAL),
        else_=BY_PROMPT,
    )
    sets = sa.func.grouping_sets(
        sa.tuple_(c.track_id, c.is_item),
        sa.tuple_(c.credential_id, c.is_item),
        sa.tuple_(c.engine, c.prompt_version, c.is_item),
    )
    keys = (sa.collate(c.track_id, "C"), c.credential_id, sa.collate(c.engine, "C"))
    return (
        sa.select(
            breakdown.label("breakdown"),
            c.track_id,
            c.credential_id,
            c.engine,
            c.prompt_version,
            c.is_item,
            sa.func.count().label("count"),
            sa.func.count(c.author_id.distinct()).label("people"),
            sa.func.avg(c.relevance).label("mean_relevance"),
            sa.func.avg(c.fit).label("mean_fit"),
            sa.func.avg(sa.cast(c.accepted, sa.Integer)).label("accepted_share"),
        )
        .group_by(sets)
        .order_by(*keys, sa.collate(c.prompt_version, "C").nulls_first())
    )


def _split(rows: Iterable[Any]) -> dict[tuple[Any, ...], SplitFigures]:
    """Bring the two rows of a key together, in the order of the rows."""
    found: dict[tuple[Any, ...], dict[str, FeedbackFigures]] = {}
    for row in rows:
        about = "items" if row.is_item else "recommendations"
        key = (row.track_id, row.engine, row.prompt_version)
        found.setdefault(key, {})[about] = _to_figures(row)
    return {key: SplitFigures(**halves) for key, halves in found.items()}


def _to_figures(row: Any) -> FeedbackFigures:
    return FeedbackFigures(
        count=row.count,
        people=row.people,
        mean_relevance=float(row.mean_relevance),
        mean_fit=float(row.mean_fit),
        accepted_share=None if row.accepted_share is None else float(row.accepted_share),
    )


def _from_feedback(feedback: Feedback) -> dict[str, Any]:
    return {
        "id": feedback.id,
        "recommendation_id": feedback.recommendation_id,
        "credential_id": feedback.credential_id,
        "author_id": feedback.author_id,
        "author_role": feedback.author_role,
        "revision": feedback.revision,
        "relevance": feedback.rating.relevance,
        "fit": feedback.rating.fit,
        "accepted": feedback.rating.accepted,
        "comment": feedback.rating.comment,
        "created_at": feedback.created_at,
    }


def to_feedback(row: Any) -> Feedback:
    return Feedback(
        id=FeedbackId(row.id),
        recommendation_id=RecommendationId(row.recommendation_id),
        credential_id=None if row.credential_id is None else CredentialId(row.credential_id),
        author_id=UserId(row.author_id),
        author_role=Role(row.author_role),
        revision=row.revision,
        rating=Rating(
            relevance=row.relevance, fit=row.fit, accepted=row.accepted, comment=row.comment
        ),
        created_at=row.created_at,
    )
