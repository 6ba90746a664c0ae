from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres import score_rows
from shared.adapters.postgres.ids import is_id
from shared.adapters.postgres.question_versions import Key, QuestionVersions
from shared.adapters.postgres.review_condition import wants_review
from shared.adapters.postgres.tables import (
    assessment_responses,
    assessments,
    essay_scores,
    profiles,
    review_leases,
)
from shared.adapters.postgres.tables.scores import UNSURE
from shared.domain.errors import InvalidInputError, ReviewLeasedError
from shared.domain.essay import UNREAD, EssayScoreId
from shared.domain.question import Question
from shared.domain.review import NEAR_BAND, REVIEWABLE, Lease, Place, Review, Urgency
from shared.domain.scoring import BAND_FLOORS
from shared.domain.track import TrackId
from shared.domain.user import UserId

_l = review_leases.c

IS_UNSURE: Final = sa.literal_column(UNSURE, sa.Boolean)


class PostgresReviewRepository:
    def __init__(self, connection: sa.Connection, versions: QuestionVersions) -> None:
        self._connection = connection
        self._versions = versions

    def queue(self, *, now: datetime, limit: int, after: Place | None) -> tuple[Review, ...]:
        """One round trip, and a second when there are questions that were not read before."""
        query = _waiting(now)
        if after is not None:
            if not is_id(after.essay_score_id):
                raise InvalidInputError("the cursor is not one that this list gave")
            essay_score_id = sa.literal(after.essay_score_id, sa.Uuid(as_uuid=False))
            place = sa.tuple_(after.urgency.value, after.scored_at, essay_score_id)
            query = query.where(sa.tuple_(_urgency(), _d.created_at, _d.id) > place)
        query = query.order_by(_urgency(), _d.created_at, _d.id).limit(limit)
        rows = self._connection.execute(query).all()
        keys: list[Key] = [(row.question_id, row.question_version) for row in rows]
        questions = dict(zip(keys, self._versions.get_many(keys), strict=True))
        return tuple(_to_review(row, questions) for row in rows)

    def lease(self, lease: Lease, *, now: datetime) -> None:
        values = {"holder_id": lease.holder_id, "until": lease.until}
        statement = insert(review_leases).values(essay_score_id=lease.essay_score_id, **values)
        statement = statement.on_conflict_do_update(
            index_elements=["essay_score_id"],
            set_=values,
            where=sa.or_(_l.until <= now, _l.holder_id == lease.holder_id),
        )
        if self._connection.execute(statement).rowcount == 0:
            held = sa.select(_l.until).where(_l.essay_score_id == lease.essay_score_id)
            raise ReviewLeasedError(until=self._connection.execute(held).scalar_one())

    def lease_of(self, essay_score_id: EssayScoreId, *, now: datetime) -> Lease | None:
        if not is_id(essay_score_id):
            return None
        query = sa.select(_l.holder_id, _l.until).where(
            _l.essay_score_id == essay_score_id, _l.until > now
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _to_lease(essay_score_id, row)

    def end_lease(self, essay_score_id: EssayScoreId) -> None:
        if is_id(essay_score_id):
            self._connection.execute(
                sa.delete(review_leases).where(_l.essay_score_id == essay_score_id)
            )


def _doubtful() -> sa.CTE:
    """The newest scores that need review.

    Materialized, so that the partial index finds them: of how many rows hold a JSON value,
    PostgreSQL knows nothing, and it might begin with all completed assessments instead.
    """
    query = sa.select(essay_scores, IS_UNSURE.label("is_unsure")).where(wants_review())
    return query.cte("doubtful").prefix_with("MATERIALIZED")


_d: Final = _doubtful().c


def _urgency() -> sa.ColumnElement[int]:
    """As `urgency_of` has it, of a score that needs review."""
    overall = profiles.c.overall_score
    near = sa.or_(*(sa.func.abs(overall - floor) <= NEAR_BAND for floor, _ in BAND_FLOORS))
    return sa.case(
        (_d.engine == UNREAD, Urgency.UNREAD.value),
        (sa.and_(_d.is_unsure, near), Urgency.NEAR_BAND.value),
        (sa.func.cardinality(_d.flags) > 0, Urgency.FLAGGED.value),
        else_=Urgency.UNSURE.value,
    )


def _waiting(now: datetime) -> sa.Select[*tuple[Any, ...]]:
    answers = assessment_responses.c
    is_its_answer = sa.and_(
        answers.assessment_id == _d.assessment_id, answers.question_id == _d.question_id
    )
    columns: tuple[sa.ColumnElement[Any], ...] = (
        *_d,
        _urgency().label("urgency"),
        profiles.c.overall_score,
        assessments.c.track_id,
        answers.answer_text,
        _l.holder_id,
        _l.until,
    )
    return (
        sa.select(*columns)
        .join(assessments, assessments.c.id == _d.assessment_id)
        .outerjoin(profiles, profiles.c.assessment_id == _d.assessment_id)
        .outerjoin(assessment_responses, is_its_answer)
        .outerjoin(review_leases, sa.and_(_l.essay_score_id == _d.id, _l.until > now))
        .where(assessments.c.status.in_(REVIEWABLE))
    )


def _to_review(row: Any, questions: Mapping[Key, Question]) -> Review:
    score = score_rows.to_essay_score(row)
    return Review(
        score=score,
        question=questions[row.question_id, row.question_version],
        answer=row.answer_text or "",
        track_id=TrackId(row.track_id),
        overall_score=row.overall_score,
        urgency=Urgency(row.urgency),
        lease=None if row.holder_id is None else _to_lease(score.id, row),
    )


def _to_lease(essay_score_id: EssayScoreId, row: Any) -> Lease:
    return Lease(essay_score_id=essay_score_id, holder_id=UserId(row.holder_id), until=row.until)
