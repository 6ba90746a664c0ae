from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.tables import idempotency_keys
from shared.domain.errors import IdempotencyConflictError
from shared.domain.idempotency import IdempotencyKey

_k = idempotency_keys.c


class PostgresIdempotencyRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def claim(self, key: IdempotencyKey, *, resource_id: str, now: datetime) -> str:
        """The insert waits for a transaction that has inserted the same key and not ended."""
        bind = (
            insert(idempotency_keys)
            .values(
                scope=key.scope,
                operation=key.operation,
                key=key.key,
                request_hash=key.request_hash,
                resource_id=resource_id,
                created_at=now,
            )
            .on_conflict_do_nothing()
        )
        earlier = sa.select(_k.request_hash, _k.resource_id).where(
            _k.scope == key.scope, _k.operation == key.operation, _k.key == key.key
        )
        while self._connection.execute(bind).rowcount == 0:
            bound = self._connection.execute(earlier).one_or_none()
            if bound is None:  # forgotten between the two statements
                continue
            if bound.request_hash != key.request_hash:
                raise IdempotencyConflictError("the Idempotency-Key came with another request")
            return bound.resource_id
        return resource_id

    def forget_before(self, before: datetime) -> int:
        statement = sa.delete(idempotency_keys).where(_k.created_at < before)
        return self._connection.execute(statement).rowcount
