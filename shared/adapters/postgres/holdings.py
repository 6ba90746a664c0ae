from typing import Any

import sqlalchemy as sa

from shared.adapters.postgres import score_rows
from shared.adapters.postgres.accommodations import to_version
from shared.adapters.postgres.audit import to_entry
from shared.adapters.postgres.feedback import to_feedback
from shared.adapters.postgres.ids import is_id, is_storable
from shared.adapters.postgres.outbox import to_event
from shared.adapters.postgres.sessions import to_session
from shared.adapters.postgres.tables import (
    accommodations,
    assessment_question_snapshots,
    audit_logs,
    essay_scores,
    idempotency_keys,
    model_usage,
    outbox_events,
    recommendation_feedback,
    recommendation_verdicts,
    recommendations,
    sessions,
)
from shared.adapters.postgres.verdicts import to_verdict
from shared.domain.accommodations import AccommodationsVersion
from shared.domain.assessment import AssessmentId
from shared.domain.audit import AuditEntry
from shared.domain.essay import EssayScore, Usage
from shared.domain.event import Event
from shared.domain.feedback import Feedback
from shared.domain.holdings import KeptKey, Prompt
from shared.domain.session import Session
from shared.domain.user import UserId
from shared.domain.verdict import ItemVerdict

_k = idempotency_keys.c
_f = recommendation_feedback.c
_v = recommendation_verdicts.c


class PostgresHoldingsRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def sessions(self, user_id: UserId) -> tuple[Session, ...]:
        return tuple(map(to_session, self._of(sessions.c.user_id, user_id, sessions.c.id)))

    def keys(self, user_id: UserId) -> tuple[KeptKey, ...]:
        query = (
            sa.select(idempotency_keys)
            .where(sa.or_(_k.scope == user_id, _k.resource_id == user_id))
            .order_by(_k.created_at, _k.operation, _k.key)
        )
        return tuple(map(_to_key, self._connection.execute(query)))

    def events(self, user_id: UserId) -> tuple[Event, ...]:
        rows = self._of(outbox_events.c.student_id, user_id, outbox_events.c.sequence)
        return tuple(map(to_event, rows))

    def accommodations(self, student_id: UserId) -> tuple[AccommodationsVersion, ...]:
        rows = self._of(accommodations.c.student_id, student_id, accommodations.c.version)
        return tuple(map(to_version, rows))

    def feedback_by(self, author_id: UserId) -> tuple[Feedback, ...]:
        rows = self._of(_f.author_id, author_id, _f.id)
        return tuple(map(to_feedback, rows))

    def audit(self, subject: str) -> tuple[AuditEntry, ...]:
        if not is_storable(subject):
            return ()
        query = sa.select(audit_logs).where(audit_logs.c.subject == subject)
        rows = self._connection.execute(query.order_by(audit_logs.c.number))
        return tuple(map(to_entry, rows))

    def essay_scores(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        if not is_id(assessment_id):
            return ()
        asked = assessment_question_snapshots.c.position
        query = (
            sa.select(essay_scores)
            .join(assessment_question_snapshots)
            .where(essay_scores.c.assessment_id == assessment_id)
            .order_by(asked, essay_scores.c.attempt)
        )
        return tuple(map(score_rows.to_essay_score, self._connection.execute(query)))

    def feedback_on(self, assessment_id: AssessmentId) -> tuple[Feedback, ...]:
        if not is_id(assessment_id):
            return ()
        query = (
            sa.select(recommendation_feedback)
            .join(recommendations, recommendations.c.id == _f.recommendation_id)
            .where(recommendations.c.assessment_id == assessment_id)
            .order_by(_f.id)
        )
        return tuple(map(to_feedback, self._connection.execute(query)))

    def verdicts_by(self, author_id: UserId) -> tuple[ItemVerdict, ...]:
        rows = self._of(_v.author_id, author_id, _v.id)
        return tuple(map(to_verdict, rows))

    def verdicts_on(self, assessment_id: AssessmentId) -> tuple[ItemVerdict, ...]:
        if not is_id(assessment_id):
            return ()
        query = (
            sa.select(recommendation_verdicts)
            .join(recommendations, recommendations.c.id == _v.recommendation_id)
            .where(recommendations.c.assessment_id == assessment_id)
            .order_by(_v.id)
        )
        return tuple(map(to_verdict, self._connection.execute(query)))

    def prompts(self, assessment_id: AssessmentId) -> tuple[Prompt, ...]:
        rows = self._of(model_usage.c.assessment_id, assessment_id, model_usage.c.id)
        return tuple(map(_to_prompt, rows))

    def _of(self, owner: sa.Column[Any], id: str, order: sa.Column[Any]) -> list[Any]:
        if not is_id(id):
            return []
        query = sa.select(owner.table).where(owner == id).order_by(order)
        return list(self._connection.execute(query))


def _to_key(row: Any) -> KeptKey:
    return KeptKey(
        scope=row.scope,
        operation=row.operation,
        key=row.key,
        resource_id=row.resource_id,
        created_at=row.created_at,
    )


def _to_prompt(row: Any) -> Prompt:
    return Prompt(
        purpose=row.purpose,
        model=row.model,
        usage=Usage(prompt_tokens=row.prompt_tokens, completion_tokens=row.completion_tokens),
        at=row.at,
    )
