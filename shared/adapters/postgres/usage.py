from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.adapters.postgres.ids import is_id
from shared.adapters.postgres.tables import assessments, model_usage
from shared.domain.assessment import AssessmentId
from shared.domain.budget import EMBED
from shared.domain.essay import Usage
from shared.domain.period import Period
from shared.domain.track import TrackId
from shared.domain.usage import UsageSum

_u = model_usage.c
_IS_PROMPT = _u.purpose != EMBED


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
        query = sa.select(sa.func.count()).where(_u.assessment_id == assessment_id, _IS_PROMPT)
        return self._connection.execute(query).scalar_one()

    def tokens_since(self, since: datetime) -> int:
        tokens = sa.func.sum(_u.prompt_tokens + _u.completion_tokens)
        query = sa.select(sa.func.coalesce(tokens, 0)).where(_u.at >= since)
        return int(self._connection.execute(query).scalar_one())

    def sums(self, period: Period) -> tuple[UsageSum, ...]:
        track, day = assessments.c.track_id, sa.cast(sa.func.timezone("UTC", _u.at), sa.Date)
        query = (
            sa.select(
                day.label("day"),
                track,
                _u.purpose,
                _u.model,
                sa.func.count().filter(_IS_PROMPT).label("prompts"),
                sa.func.sum(_u.prompt_tokens).label("prompt_tokens"),
                sa.func.sum(_u.completion_tokens).label("completion_tokens"),
            )
            .join_from(model_usage, assessments, _u.assessment_id == assessments.c.id, isouter=True)
            .where(_u.at >= period.since, _u.at < period.until)
            .group_by(sa.text("1, 2, 3, 4"))
        )
        sums = map(_to_sum, self._connection.execute(query))
        return tuple(sorted(sums, key=lambda s: (s.day, s.track_id or "", s.purpose, s.model)))


def _to_sum(row: Any) -> UsageSum:
    return UsageSum(
        track_id=TrackId(row.track_id) if row.track_id else None,
        day=row.day,
        purpose=row.purpose,
        model=row.model,
        prompts=row.prompts,
        prompt_tokens=int(row.prompt_tokens),
        completion_tokens=int(row.completion_tokens),
    )
