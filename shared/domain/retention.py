"""How long what is held may be held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

ASSESSMENTS_KEPT: Final = timedelta(days=731)
"""24 months at their longest, from the start."""
QUEUES_KEPT: Final = timedelta(days=30)
"""Jobs, keys, events and sessions, from when they were done with."""
AUDIT_KEPT: Final = timedelta(days=1096)
"""36 months at their longest: the database itself refuses to let go of younger rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """What is older is removed, or emptied where the marks stay."""

    assessments: datetime
    queues: datetime
    audit: datetime

    @classmethod
    def at(cls, now: datetime) -> Self:
        return cls(
            assessments=now - ASSESSMENTS_KEPT, queues=now - QUEUES_KEPT, audit=now - AUDIT_KEPT
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    counts: Mapping[str, int]
    """Rows by table: of `assessments` those that became nobody's, of the others those removed."""
    is_complete: bool
    """Whether nothing is left for the next round."""
