"""Which essay scores a person should look at, in SQL: `needs_review` of those that count."""

import sqlalchemy as sa

from shared.adapters.postgres.tables import essay_scores
from shared.adapters.postgres.tables.scores import NEEDS_REVIEW

_e = essay_scores.c
_newer = essay_scores.alias("newer").c


def wants_review() -> sa.ColumnElement[bool]:
    """The newest score of its essay, in doubt, and its words not erased."""
    is_replaced = sa.exists().where(
        _newer.assessment_id == _e.assessment_id,
        _newer.question_id == _e.question_id,
        _newer.attempt > _e.attempt,
    )
    return sa.and_(sa.literal_column(f"({NEEDS_REVIEW})"), _e.words.is_not(None), ~is_replaced)
