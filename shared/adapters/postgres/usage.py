from datetime import datetime

import sqlalchemy as sa

from shared.adapters.postgres.ids import is_id
from shared.adapters.postgres.tables import model_usage
from shared.domain.assessment import AssessmentId
from shared.domain.essay import Usage

_u = model_usage.c


class PostgresUsageRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def record(
        self,
        assessment_id: AssessmentId,
        *,
        purpose: str,
        model: str,
        usage: Usage,
        at: datetime,
    ) -> None:
        self._connection.execute(
            sa.insert(model_usage).values(
                assessment_id=assessment_id,
                purpose=purpose,
                model=model,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                at=at,
            )
        )

    def prompts_of(self, assessment_id: AssessmentId) -> int:
        if not is_id(assessment_id):
            return 0
        query = sa.select(sa.func.count()).where(_u.assessment_id == assessment_id)
        return self._connection.execute(query).scalar_one()

    def tokens_since(self, since: datetime) -> int:
        tokens = sa.func.sum(_u.prompt_tokens + _u.completion_tokens)
        query = sa.select(sa.func.coalesce(tokens, 0)).where(_u.at >= since)
        return int(self._connection.execute(query).scalar_one())
