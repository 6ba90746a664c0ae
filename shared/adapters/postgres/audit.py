"""The audit log: each row's hash covers its content and the hash of the row before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from shared.adapters.postgres.tables import audit_anchors, audit_logs
from shared.domain.audit import AuditEntry, AuditFilter, AuditVerification
from shared.ports.store import AuditPage

LOCK: Final = 0x6175646974
"""Appends take turns, or two rows would follow the same one; "audit"."""
START: Final = "0" * 64
READ_AT_ONCE: Final = 1_000

_a = audit_logs.c


class PostgresAuditRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, Any],
        at: datetime,
    ) -> None:
        # A statement of its own: the next one must see what the lock's last holder committed.
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        last = self._newest(audit_logs) or self._newest(audit_anchors)
        content = {
            "number": last.number + 1 if last else 1,
            "actor": actor,
            "action": action,
            "subject": subject,
            "details": dict(details),
            "at": at,
            "previous_hash": last.hash if last else START,
        }
        self._connection.execute(sa.insert(audit_logs).values(**content, hash=chain_hash(content)))

    def page_of(self, wanted: AuditFilter, *, limit: int, after: int | None) -> AuditPage:
        query = sa.select(audit_logs)
        for column, value in (
            (_a.actor, wanted.actor),
            (_a.action, wanted.action),
            (_a.subject, wanted.subject),
        ):
            if value is not None:
                query = query.where(column == value)
        if wanted.since is not None:
            query = query.where(_a.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(_a.at < wanted.until)
        if after is not None:
            query = query.where(_a.number < after)
        query = query.order_by(_a.number.desc()).limit(limit + 1)
        found = tuple(map(to_entry, self._connection.execute(query)))
        items = found[:limit]
        return AuditPage(items=items, next_cursor=items[-1].number if len(found) > limit else None)

    def verify(self) -> AuditVerification:
        """Begin after the newest anchor; in front of it nothing may be left."""
        anchor = self._newest(audit_anchors)
        first, previous_hash = (anchor.number, anchor.hash) if anchor else (0, START)
        left = self._connection.scalar(sa.select(sa.func.min(_a.number)).where(_a.number <= first))
        if left is not None:
            return AuditVerification(rows=0, first_broken=int(left))
        number = first
        while rows := self._after(number):
            for row in rows:
                fits = row["number"] == number + 1 and row["previous_hash"] == previous_hash
                if not fits or row["hash"] != chain_hash(row):
                    return AuditVerification(rows=number - first, first_broken=int(row["number"]))
                number, previous_hash = int(row["number"]), row["hash"]
        return AuditVerification(rows=number - first)

    def _newest(self, table: sa.Table) -> Any:
        newest = sa.select(table.c.number, table.c.hash).order_by(table.c.number.desc())
        return self._connection.execute(newest.limit(1)).one_or_none()

    def _after(self, number: int) -> list[dict[str, Any]]:
        query = sa.select(audit_logs).where(_a.number > number).order_by(_a.number)
        rows = self._connection.execute(query.limit(READ_AT_ONCE)).mappings()
        return [dict(row) for row in rows]


def to_entry(row: Any) -> AuditEntry:
    return AuditEntry(
        number=row.number,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        details=row.details,
        at=row.at,
    )


def chain_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of the content as JSON: sorted keys, no spaces, times in UTC."""
    names = ("number", "actor", "action", "subject", "details", "previous_hash")
    hashed = {name: content[name] for name in names}
    hashed["at"] = content["at"].astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
