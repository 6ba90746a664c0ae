"""What is counted, remembered and audited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.domain.assessment import AssessmentId
from shared.domain.audit import AuditEntry, AuditFilter, AuditVerification
from shared.domain.essay import Usage
from shared.domain.idempotency import IdempotencyKey
from shared.domain.period import Period
from shared.domain.usage import UsageSum


class UsageRepository(Protocol):
    def record(
        self,
        assessment_id: AssessmentId,
        *,
        purpose: str,
        model: str,
        usage: Usage,
        at: datetime,
    ) -> None:
        """Count one model prompt and its tokens; for the purpose `EMBED` the tokens alone."""
        ...

    def prompts_of(self, assessment_id: AssessmentId) -> int:
        """Return how many prompts the assessment has cost so far."""
        ...

    def tokens_since(self, since: datetime) -> int: ...

    def sums(self, period: Period) -> tuple[UsageSum, ...]:
        """Add up by day, track, purpose and model, in this order."""
        ...


class IdempotencyRepository(Protocol):
    def claim(self, key: IdempotencyKey, *, resource_id: str, now: datetime) -> str:
        """Bind the key to `resource_id` and return it, or return what it was bound to before.

        Waits for another transaction that is binding the same key. Raises
        `IdempotencyConflictError` when the key came with another request.
        """
        ...

    def forget_before(self, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """One page of the audit log, newest first; `next_cursor` is None on the last."""

    items: tuple[AuditEntry, ...]
    next_cursor: int | None


class AuditRepository(Protocol):
    def append(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, Any],
        at: datetime,
    ) -> None:
        """Add a row to the hash chain; `details` holds ids and values, never identities."""
        ...

    def page_of(self, wanted: AuditFilter, *, limit: int, after: int | None) -> AuditPage:
        """Return entries with numbers below `after`, newest first."""
        ...

    def verify(self) -> AuditVerification:
        """Walk the chain as far as it fits."""
        ...
