from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_id, must_be_id, well_formed
from shared.adapters.postgres.outbox import to_event
from shared.adapters.postgres.statements import insert_many
from shared.adapters.postgres.tables import (
    outbox_events,
    webhook_attempts,
    webhook_deliveries,
    webhook_events,
)
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId
from shared.domain.webhook import WebhookId
from shared.domain.webhook_delivery import Attempt, Delivery, DeliveryId, DeliveryStatus, Reply
from shared.domain.webhook_message import Message
from shared.ports.store import DeliveryPage

LOCK: Final = 0x6C616E65
"""With the hash of a lane the key of its advisory lock; "lane"."""
ROOM_LOCK: Final = 0x726F6F6D
"""With the hash of a webhook's id the key of another; "room"."""

_o = outbox_events.c
_e = webhook_events.c
_d = webhook_deliveries.c
_a = webhook_attempts.c
UNARRIVED: Final = (DeliveryStatus.FAILED, DeliveryStatus.DISCARDED)
IS_PENDING: Final = _d.status == DeliveryStatus.PENDING


class PostgresDeliveryRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def untold(self, student_id: UserId, *, through: int, since: datetime) -> tuple[Event, ...]:
        if not is_id(student_id):
            return ()
        query = (
            sa.select(outbox_events)
            .where(_o.student_id == student_id, _o.sequence <= through, _o.occurred_at >= since)
            .where(~sa.exists().where(_e.id == _o.id))
            .order_by(_o.sequence)
        )
        return tuple(map(to_event, self._connection.execute(query)))

    def add_message(self, message: Message) -> None:
        self._connection.execute(
            sa.insert(webhook_events).values(
                id=message.id,
                type=message.type,
                student_id=message.student_id,
                sequence=message.sequence,
                occurred_at=message.occurred_at,
                body=message.body,
            )
        )

    def messages(self, event_ids: Sequence[EventId]) -> Mapping[EventId, Message]:
        query = sa.select(webhook_events).where(_e.id.in_(well_formed(event_ids)))
        found = map(_to_message, self._connection.execute(query))
        return {message.id: message for message in found}

    def lock_lane(self, lane: str) -> None:
        lock = sa.func.pg_advisory_xact_lock(LOCK, sa.func.hashtext(lane))
        self._connection.execute(sa.select(lock))

    def lock_room(self, webhook_id: WebhookId) -> None:
        lock = sa.func.pg_advisory_xact_lock(ROOM_LOCK, sa.func.hashtext(webhook_id))
        self._connection.execute(sa.select(lock))

    def under_way(self, webhook_id: WebhookId, *, at: datetime) -> int:
        return self._count(_d.endpoint_id == webhook_id, _d.lease_until > at)

    def pending(self, webhook_id: WebhookId) -> int:
        return self._count(_d.endpoint_id == webhook_id, IS_PENDING)

    def add(self, deliveries: Sequence[Delivery]) -> None:
        rows = [
            {
                "id": delivery.id,
                "endpoint_id": delivery.webhook_id,
                "event_id": delivery.event_id,
                "lane": delivery.lane,
                "sequence": delivery.sequence,
                "created_at": delivery.created_at,
                **_changes_of(delivery),
            }
            for delivery in deliveries
        ]
        insert_many(self._connection, insert(webhook_deliveries), rows)

    def get(self, delivery_id: DeliveryId) -> Delivery:
        return self._one(delivery_id, sa.select(webhook_deliveries))

    def lock(self, delivery_id: DeliveryId) -> Delivery:
        query = sa.select(webhook_deliveries).with_for_update(key_share=True)
        return self._one(delivery_id, query)

    def save(self, delivery: Delivery) -> None:
        statement = sa.update(webhook_deliveries).where(_d.id == delivery.id)
        self._connection.execute(statement.values(_changes_of(delivery)))

    def head(self, webhook_id: WebhookId, lane: str) -> Delivery | None:
        query = sa.select(webhook_deliveries).where(
            _d.endpoint_id == webhook_id, _d.lane == lane, IS_PENDING
        )
        row = self._connection.execute(query.order_by(_d.sequence).limit(1)).one_or_none()
        return _to_delivery(row) if row else None

    def discard_pending(self, webhook_id: WebhookId, *, at: datetime) -> int:
        statement = sa.update(webhook_deliveries).where(_d.endpoint_id == webhook_id, IS_PENDING)
        values = {"status": DeliveryStatus.DISCARDED, "finished_at": at, "lease_until": None}
        return self._connection.execute(statement.values(values)).rowcount

    def log(self, attempt: Attempt) -> None:
        reply = attempt.reply
        self._connection.execute(
            sa.insert(webhook_attempts).values(
                delivery_id=attempt.delivery_id,
                number=attempt.number,
                at=attempt.at,
                response_status=reply.status,
                latency_ms=round(reply.latency.total_seconds() * 1000),
                response_body=reply.body,
                error=reply.error,
            )
        )

    def attempts(
        self, delivery_ids: Sequence[DeliveryId], *, newest: int
    ) -> Mapping[DeliveryId, list[Attempt]]:
        from_the_end = sa.func.row_number().over(
            partition_by=_a.delivery_id, order_by=_a.number.desc()
        )
        log = (
            sa.select(webhook_attempts, from_the_end.label("from_the_end"))
            .where(_a.delivery_id.in_(well_formed(delivery_ids)))
            .subquery()
        )
        query = sa.select(log).where(log.c.from_the_end <= newest)
        found: dict[DeliveryId, list[Attempt]] = {}
        for row in self._connection.execute(query.order_by(log.c.delivery_id, log.c.number)):
            attempt = _to_attempt(row)
            found.setdefault(attempt.delivery_id, []).append(attempt)
        return found

    def page_of(
        self,
        webhook_id: WebhookId,
        *,
        status: DeliveryStatus | None = None,
        limit: int,
        after: DeliveryId | None,
    ) -> DeliveryPage:
        if not is_id(webhook_id):
            return DeliveryPage(items=(), next_cursor=None)
        query = sa.select(webhook_deliveries).where(_d.endpoint_id == webhook_id)
        if status is not None:
            query = query.where(_d.status == status)
        if after is not None:
            if not is_id(after):
                raise InvalidInputError("the cursor is not one that this list gave")
            query = query.where(_d.id < after)
        query = query.order_by(_d.id.desc()).limit(limit + 1)
        found = tuple(map(_to_delivery, self._connection.execute(query)))
        items = found[:limit]
        return DeliveryPage(items=items, next_cursor=items[-1].id if len(found) > limit else None)

    def overdue(self, before: datetime, *, limit: int) -> tuple[DeliveryId, ...]:
        earlier = webhook_deliveries.alias("earlier")
        is_behind = sa.exists().where(
            earlier.c.endpoint_id == _d.endpoint_id,
            earlier.c.lane == _d.lane,
            earlier.c.sequence < _d.sequence,
            earlier.c.status == DeliveryStatus.PENDING,
        )
        query = (
            sa.select(_d.id)
            .where(IS_PENDING, _d.due_at < before, ~is_behind)
            .where(sa.or_(_d.lease_until.is_(None), _d.lease_until < before))
            .order_by(_d.due_at, _d.id)
            .limit(limit)
        )
        return tuple(DeliveryId(row.id) for row in self._connection.execute(query))

    def unarrived(
        self, webhook_id: WebhookId, *, since: datetime, limit: int
    ) -> tuple[Delivery, ...]:
        query = (
            sa.select(webhook_deliveries)
            .join(webhook_events)
            .where(_d.endpoint_id == webhook_id, _d.status.in_(UNARRIVED))
            .where(_e.occurred_at >= since, _e.student_id.is_not(None))
            .order_by(_e.occurred_at, _e.id)
            .limit(limit)
        )
        return tuple(map(_to_delivery, self._connection.execute(query)))

    def missed(
        self,
        webhook_id: WebhookId,
        *,
        types: Sequence[EventType],
        since: datetime,
        limit: int,
    ) -> tuple[Message, ...]:
        has_one = sa.exists().where(_d.endpoint_id == webhook_id, _d.event_id == _e.id)
        query = (
            sa.select(webhook_events)
            .where(_e.occurred_at >= since, _e.student_id.is_not(None), ~has_one)
            .order_by(_e.occurred_at, _e.id)
            .limit(limit)
        )
        if types:
            query = query.where(_e.type.in_(types))
        return tuple(map(_to_message, self._connection.execute(query)))

    def count_old(self, before: datetime) -> Mapping[str, int]:
        old = sa.select(_e.id).where(_is_old(before))
        theirs = sa.select(_d.id).where(_d.event_id.in_(old))
        conditions = {
            webhook_attempts: _a.delivery_id.in_(theirs),
            webhook_deliveries: _d.event_id.in_(old),
            webhook_events: _is_old(before),
        }
        counts = {
            table.name: sa.select(sa.func.count()).select_from(table).where(condition)
            for table, condition in conditions.items()
        }
        return {name: self._connection.scalar(query) or 0 for name, query in counts.items()}

    def remove_old(self, before: datetime, *, limit: int) -> Mapping[str, int]:
        query = sa.select(_e.id).where(_is_old(before)).order_by(_e.occurred_at, _e.id)
        old = list(self._connection.scalars(query.limit(limit)))
        # Locked, so that none is sent again meanwhile; one that was just now, stays.
        lock = sa.select(_d.id).where(_d.event_id.in_(old), ~IS_PENDING).with_for_update()
        over = list(self._connection.scalars(lock))
        is_free = ~sa.exists().where(_d.event_id == _e.id)
        removals = {
            webhook_attempts: _a.delivery_id.in_(over),
            webhook_deliveries: _d.id.in_(over),
            webhook_events: sa.and_(_e.id.in_(old), is_free),
        }
        return {
            table.name: self._connection.execute(sa.delete(table).where(condition)).rowcount
            for table, condition in removals.items()
        }

    def _count(self, *criteria: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(webhook_deliveries).where(*criteria)
        return self._connection.scalar(query) or 0

    def _one(self, delivery_id: DeliveryId, query: sa.Select[Any]) -> Delivery:
        must_be_id(delivery_id, "delivery")
        row = self._connection.execute(query.where(_d.id == delivery_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"no delivery {delivery_id}")
        return _to_delivery(row)


def _is_old(before: datetime) -> sa.ColumnElement[bool]:
    is_on_its_way = sa.exists().where(_d.event_id == _e.id, IS_PENDING)
    return sa.and_(_e.occurred_at < before, ~is_on_its_way)


def _changes_of(delivery: Delivery) -> dict[str, Any]:
    return {
        "status": delivery.status,
        "attempts": delivery.attempts,
        "logged": delivery.logged,
        "run": delivery.run,
        "due_at": delivery.due_at,
        "lease_until": delivery.lease_until,
        "finished_at": delivery.finished_at,
    }


def _to_delivery(row: Any) -> Delivery:
    return Delivery(
        id=DeliveryId(row.id),
        webhook_id=WebhookId(row.endpoint_id),
        event_id=EventId(row.event_id),
        lane=row.lane,
        sequence=row.sequence,
        status=DeliveryStatus(row.status),
        created_at=row.created_at,
        due_at=row.due_at,
        attempts=row.attempts,
        logged=row.logged,
        run=row.run,
        lease_until=row.lease_until,
        finished_at=row.finished_at,
    )


def _to_message(row: Any) -> Message:
    return Message(
        id=EventId(row.id),
        type=EventType(row.type),
        student_id=UserId(row.student_id) if row.student_id else None,
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        body=row.body,
    )


def _to_attempt(row: Any) -> Attempt:
    return Attempt(
        delivery_id=DeliveryId(row.delivery_id),
        number=row.number,
        at=row.at,
        reply=Reply(
            status=row.response_status,
            latency=timedelta(milliseconds=row.latency_ms),
            body=row.response_body,
            error=row.error,
        ),
    )
