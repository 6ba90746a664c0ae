from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from shared.adapters.postgres import assessment_rows, score_rows
from shared.adapters.postgres.ids import is_id, is_storable
from shared.adapters.postgres.review_condition import wants_review
from shared.adapters.postgres.tables import assessments, essay_scores, profiles, users
from shared.adapters.postgres.tables.people import called
from shared.domain.assessment import AssessmentId
from shared.domain.cohort import CohortEntry, CohortSelection
from shared.domain.errors import InvalidInputError
from shared.domain.review import REVIEWABLE

_a = assessments.c
_p = profiles.c

PROFILE: Final = (
    _p.overall_score,
    _p.band,
    _p.confidence,
    _p.domain_breakdown,
    _p.strengths,
    _p.improvements,
)


class PostgresCohortRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def assessments(
        self, selection: CohortSelection, *, limit: int, after: AssessmentId | None
    ) -> tuple[CohortEntry, ...]:
        """One round trip."""
        if after is not None and not is_id(after):
            raise InvalidInputError("the cursor is not one that this list gave")
        if selection.student_id is not None and not is_id(selection.student_id):
            return ()
        texts = (selection.track_id or "", *selection.words)
        if not all(map(is_storable, texts)):
            return ()
        query = (
            sa.select(assessments)
            .add_columns(users.c.name, *PROFILE, _needs_review().label("needs_review"))
            .join_from(assessments, users, users.c.id == _a.student_id)
            .outerjoin(profiles, _p.assessment_id == _a.id)
            .where(users.c.erased.is_(False), *_conditions(selection))
        )
        if after is not None:
            query = query.where(_a.id < after)
        rows = self._connection.execute(query.order_by(_a.id.desc()).limit(limit))
        return tuple(map(_to_entry, rows))


def _needs_review() -> sa.ColumnElement[bool]:
    """As the review queue has it."""
    waits = sa.exists().where(essay_scores.c.assessment_id == _a.id, wants_review())
    return sa.and_(_a.status.in_(REVIEWABLE), waits)


def _conditions(selection: CohortSelection) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if selection.student_id is not None:
        conditions.append(_a.student_id == selection.student_id)
    if selection.words:
        conditions.append(_a.student_id == sa.any_(_called(selection.words)))
    if selection.track_id is not None:
        conditions.append(_a.track_id == selection.track_id)
    if selection.band is not None:
        conditions.append(_p.band == selection.band)
    if selection.degraded is not None:
        is_degraded = sa.func.jsonb_array_length(_a.degradations) > 0
        conditions.append(is_degraded if selection.degraded else ~is_degraded)
    if selection.needs_review is not None:
        conditions.append(_needs_review() if selection.needs_review else ~_needs_review())
    if selection.since is not None:
        conditions.append(_a.started_at >= selection.since)
    if selection.until is not None:
        conditions.append(_a.started_at < selection.until)
    return conditions


def _called(words: Sequence[str]) -> sa.ColumnElement[Any]:
    """The ids of all who are called so, found by the index before any assessment is looked at."""
    query = sa.cast(sa.func.lower(" & ".join(map(_beginning, words))), TSQUERY)
    found = sa.select(users.c.id).where(called(users.c.name, users.c.email).bool_op("@@")(query))
    return sa.func.array(found.scalar_subquery(), type_=ARRAY(sa.Uuid(as_uuid=False)))


def _beginning(word: str) -> str:
    """Quote what has a meaning in a query, so that it has none."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"


def _to_entry(row: Any) -> CohortEntry:
    return CohortEntry(
        assessment=assessment_rows.to_assessment(row),
        student_name=row.name,
        profile=None if row.overall_score is None else score_rows.to_profile(row),
        needs_review=row.needs_review,
    )
