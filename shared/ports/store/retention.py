"""What is older than it may be."""

from collections.abc import Mapping
from typing import Protocol

from shared.domain.assessment import Assessment
from shared.domain.retention import Cutoffs


class RetentionRepository(Protocol):
    """Counts and removals look at the same rows; tables are named as in `count`."""

    def count(self, cutoffs: Cutoffs) -> Mapping[str, int]:
        """Return how many rows are too old, by table.

        `assessments` that are somebody's, `async_jobs` of assessments that are not being scored,
        `idempotency_keys`, `outbox_events` that were sent, `sessions` that are over, `audit_logs`.
        """
        ...

    def lock_old_assessments(self, cutoffs: Cutoffs, *, limit: int) -> tuple[Assessment, ...]:
        """Return assessments that are too old and somebody's, oldest first, locked.

        Those that another transaction has locked are passed over.
        """
        ...

    def remove_from_queues(self, cutoffs: Cutoffs, *, limit: int) -> Mapping[str, int]:
        """Remove up to `limit` rows of each table but `assessments` and `audit_logs`."""
        ...

    def remove_from_audit_log(self, cutoffs: Cutoffs, *, limit: int) -> int:
        """Remove up to `limit` rows from the beginning of the audit log.

        An anchor keeps the number and hash of the last, so that the rest can be verified. A row
        that is old but stands behind a younger one stays.
        """
        ...
