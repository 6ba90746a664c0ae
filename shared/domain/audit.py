"""The audit log: who did what to whom, and whether nobody has rewritten it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

OPERATOR: Final = "operator"
"""The actor of what a person at the terminal does."""
SYSTEM: Final = "system"
"""The actor of what nobody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`actor` is a user's id, `OPERATOR`, `SYSTEM`, or `retention` for what that removed."""

    number: int
    """From 1, without gaps."""
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
    """Ids and values, such as before and after; never identities."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; None for any. From `since` on, before `until`."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerification:
    rows: int
    """How many fit, from the first on."""
    first_broken: int | None = None
    """Number of the first row that does not fit what stands before it; None for none."""
