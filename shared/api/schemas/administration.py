"""Bodies of users and audit log, as admins see them."""

from typing import Any, Literal, Self

from shared.api.schemas.auth import UserOut
from shared.api.schemas.base import RequestBody, ResponseBody, Time
from shared.domain.audit import AuditEntry, AuditVerification
from shared.domain.user import Role


class UserPageOut(ResponseBody):
    items: list[UserOut]
    next_cursor: str | None


class RoleChange(RequestBody):
    role: Role


class AuditEntryOut(ResponseBody):
    number: int
    """From 1, without gaps."""
    actor: str
    """A user's id, `operator` or `system`."""
    action: str
    subject: str
    details: dict[str, Any]
    at: Time

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls(
            number=entry.number,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            details=dict(entry.details),
            at=entry.at,
        )


class AuditPageOut(ResponseBody):
    items: list[AuditEntryOut]
    next_cursor: str | None


class ValidOut(ResponseBody):
    valid: Literal[True] = True
    rows: int


class BrokenOut(ResponseBody):
    valid: Literal[False] = False
    first_broken: int
    """Number of the first row that does not fit."""


def verification_out(found: AuditVerification) -> ValidOut | BrokenOut:
    if found.first_broken is None:
        return ValidOut(rows=found.rows)
    return BrokenOut(first_broken=found.first_broken)
