from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from shared.adapters.postgres.ids import well_formed
from shared.adapters.postgres.payload import from_payload, to_payload
from shared.adapters.postgres.tables import outbox_events, student_event_counters
from shared.domain.analytics import SHAPES, AnalyticsEvent, Fact, FactType, type_of
from shared.domain.assessment import AssessmentId
from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId

_o = outbox_events.c
FACT: Final = "analytics/"
"""Begins the stored type of what is for the analytics stream alone.

Such a row counts among its assessment's, not its student's: in the column `student_id` it has the
id of the assessment, and of the student it knows nothing (ADR 20).
"""
IS_FACT: Final = _o.type.startswith(FACT, autoescape=True)


def _appending() -> sa.Executable:
    """Insert the facts that are new; the counter goes up by as many.

    Takes `lane`, `at` and `rows`.
    """
    lane = sa.bindparam("lane", type_=_o.student_id.type)
    given = (
        sa.func.jsonb_to_recordset(sa.bindparam("rows", type_=JSONB))
        .table_valued(
            sa.column("id", _o.id.type),
            sa.column("number", sa.Integer),
            sa.column("type", sa.Text),
            sa.column("data", JSONB),
        )
        .render_derived("given", with_types=True)
    )
    new = (
        sa.select(
            given.c.id,
            given.c.type,
            given.c.data,
            sa.func.row_number().over(order_by=given.c.number).label("nth"),
        )
        .where(~sa.exists().where(_o.id == given.c.id))
        .cte("new")
    )
    counters = student_event_counters
    arrived = sa.select(lane, sa.func.count()).select_from(new).having(sa.func.count() > 0)
    adding = insert(counters).from_select(["student_id", "last"], arrived)
    count = (
        adding.on_conflict_do_update(
            index_elements=[counters.c.student_id],
            set_={"last": counters.c.last + adding.excluded.last},
        )
        .returning(counters.c.last)
        .cte("count")
    )
    before = count.c.last - sa.select(sa.func.count()).select_from(new).scalar_subquery()
    moment = sa.bindparam("at", type_=_o.occurred_at.type)
    numbered = sa.select(
        new.c.id, new.c.type, lane, moment, new.c.data, before + new.c.nth
    ).order_by(new.c.nth)
    columns = ["id", "type", "student_id", "occurred_at", "data", "sequence"]
    return sa.insert(outbox_events).from_select(columns, numbered.join_from(new, count, sa.true()))


APPENDING: Final = _appending()
"""Built once: building it takes longer than running it."""


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
        return tuple(map(to_event, self._unsent(~IS_FACT, limit)))

    def append_facts(
        self, assessment_id: AssessmentId, facts: Mapping[EventId, Fact], *, at: datetime
    ) -> None:
        """One statement, whose text is the same for one fact and for ten."""
        rows = [
            {
                "id": event_id,
                "number": number,
                "type": f"{FACT}{type_of(fact)}",
                "data": to_payload(type(fact), fact),
            }
            for number, (event_id, fact) in enumerate(facts.items())
        ]
        if rows:
            self._connection.execute(APPENDING, {"lane": assessment_id, "at": at, "rows": rows})

    def unsent_facts(self, *, limit: int) -> tuple[AnalyticsEvent, ...]:
        return tuple(map(_to_fact, self._unsent(IS_FACT, limit)))

    def _unsent(self, kind: sa.ColumnElement[bool], limit: int) -> sa.Result[Any]:
        query = (
            sa.select(outbox_events)
            .where(_o.sent_at.is_(None), kind)
            .order_by(_o.position)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._connection.execute(query)

    def mark_sent(self, event_ids: Iterable[EventId], *, at: datetime) -> None:
        statement = sa.update(outbox_events).where(_o.id.in_(well_formed(event_ids)))
        self._connection.execute(statement.values(sent_at=at))


def _to_fact(row: Any) -> AnalyticsEvent:
    shape = SHAPES[FactType(row.type.removeprefix(FACT))]
    return AnalyticsEvent(
        id=EventId(row.id),
        assessment_id=AssessmentId(row.student_id),
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        fact=from_payload(shape, row.data),
    )


def to_event(row: Any) -> Event:
    return Event(
        id=EventId(row.id),
        type=EventType(row.type),
        student_id=UserId(row.student_id),
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        data=row.data,
    )
