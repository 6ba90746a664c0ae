from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from shared.adapters.postgres.ids import is_id, must_be_id
from shared.adapters.postgres.tables import recommendation_verdicts
from shared.domain.errors import NotFoundError
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.domain.user import Role, UserId
from shared.domain.verdict import ItemVerdict, VerdictId, Verdicts

_v = recommendation_verdicts.c


class PostgresVerdictRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, verdict: ItemVerdict) -> None:
        statement = insert(recommendation_verdicts).values(
            id=verdict.id,
            recommendation_id=verdict.recommendation_id,
            credential_id=verdict.credential_id,
            author_id=verdict.author_id,
            author_role=verdict.author_role,
            revision=verdict.revision,
            accepted=verdict.accepted,
            reason=verdict.reason,
            created_at=verdict.created_at,
        )
        statement = statement.on_conflict_do_nothing(
            constraint="uq_recommendation_verdicts_revision"
        )
        if self._connection.execute(statement).rowcount == 0:
            raise ValueError(f"there is a revision {verdict.revision} of this verdict")

    def get(self, verdict_id: VerdictId) -> ItemVerdict:
        must_be_id(verdict_id, "verdict")
        query = sa.select(recommendation_verdicts).where(_v.id == verdict_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"no verdict {verdict_id}")
        return to_verdict(row)

    def newest(self, recommendation_id: RecommendationId) -> Verdicts:
        if not is_id(recommendation_id):
            return {}
        query = (
            sa.select(recommendation_verdicts)
            .ext(distinct_on(_v.credential_id))
            .where(_v.recommendation_id == recommendation_id)
            .order_by(_v.credential_id, _v.revision.desc())
        )
        verdicts = map(to_verdict, self._connection.execute(query))
        return {verdict.credential_id: verdict for verdict in verdicts}


def to_verdict(row: Any) -> ItemVerdict:
    return ItemVerdict(
        id=VerdictId(row.id),
        recommendation_id=RecommendationId(row.recommendation_id),
        credential_id=CredentialId(row.credential_id),
        author_id=UserId(row.author_id),
        author_role=Role(row.author_role),
        revision=row.revision,
        accepted=row.accepted,
        reason=row.reason,
        created_at=row.created_at,
    )
