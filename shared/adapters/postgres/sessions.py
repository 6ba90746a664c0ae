from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.adapters.postgres.ids import is_id, must_be_id
from shared.adapters.postgres.tables import sessions
from shared.domain.errors import NotFoundError
from shared.domain.session import Session
from shared.domain.user import SessionId, UserId


class PostgresSessionRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        self._connection.execute(
            sa.insert(sessions).values(
                id=session.id,
                user_id=session.user_id,
                generation=session.generation,
                created_at=session.created_at,
                expires_at=session.expires_at,
                revoked_at=session.revoked_at,
            )
        )

    def get(self, session_id: SessionId) -> Session:
        return self._one(session_id, sa.select(sessions))

    def lock(self, session_id: SessionId) -> Session:
        return self._one(session_id, sa.select(sessions).with_for_update(key_share=True))

    def save(self, session: Session) -> None:
        self._connection.execute(
            sa.update(sessions)
            .where(sessions.c.id == session.id)
            .values(generation=session.generation, revoked_at=session.revoked_at)
        )

    def revoke_others(self, user_id: UserId, *, kept: SessionId, at: datetime) -> int:
        return self._revoke(user_id, sessions.c.id != kept, at)

    def revoke_all(self, user_id: UserId, *, at: datetime) -> int:
        return self._revoke(user_id, sa.true(), at)

    def _revoke(self, user_id: UserId, condition: sa.ColumnElement[bool], at: datetime) -> int:
        if not is_id(user_id):
            return 0
        s = sessions.c
        is_open = sa.and_(s.user_id == user_id, s.revoked_at.is_(None), condition)
        revocation = sa.update(sessions).where(is_open).values(revoked_at=at)
        return self._connection.execute(revocation).rowcount

    def _one(self, session_id: SessionId, query: sa.Select[Any]) -> Session:
        must_be_id(session_id, "session")
        row = self._connection.execute(query.where(sessions.c.id == session_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"no session {session_id}")
        return to_session(row)


def to_session(row: Any) -> Session:
    return Session(
        id=SessionId(row.id),
        user_id=UserId(row.user_id),
        generation=row.generation,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
