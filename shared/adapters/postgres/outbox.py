from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import well_formed
from shared.adapters.postgres.tables import outbox_events, student_event_counters
from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId

_o = outbox_events.c


class PostgresOutboxRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append(
        self,
        type: EventType,
        student_id: UserId,
        data: Mapping[str, Any],
        *,
        event_id: EventId,
        at: datetime,
    ) -> Event:
        """One statement: the counter's row is locked and the event takes the number it gave."""
        counters = student_event_counters
        count = (
            insert(counters)
            .values(student_id=student_id, last=1)
            .on_conflict_do_update(
                index_elements=[counters.c.student_id], set_={"last": counters.c.last + 1}
            )
            .returning(counters.c.last)
            .cte("count")
        )
        event = {
            "id": event_id,
            "type": type,
            "student_id": student_id,
            "occurred_at": at,
            "data": dict(data),
        }
        columns = [sa.bindparam(None, value, _o[name].type) for name, value in event.items()]
        statement = (
            sa.insert(outbox_events)
            .from_select([*event, "sequence"], sa.select(*columns, count.c.last))
            .returning(outbox_events)
        )
        return to_event(self._connection.execute(statement).one())

    def unsent(self, *, limit: int) -> tuple[Event, ...]:
        query = (
            sa.select(outbox_events)
            .where(_o.sent_at.is_(None))
            .order_by(_o.position)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return tuple(map(to_event, self._connection.execute(query)))

    def mark_sent(self, event_ids: Iterable[EventId], *, at: datetime) -> None:
        statement = sa.update(outbox_events).where(_o.id.in_(well_formed(event_ids)))
        self._connection.execute(statement.values(sent_at=at))


def to_event(row: Any) -> Event:
    return Event(
        id=EventId(row.id),
        type=EventType(row.type),
        student_id=UserId(row.student_id),
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        data=row.data,
    )
