"""Verify that nobody has rewritten the audit log."""

from shared.domain.audit import AuditVerification
from shared.ports.store import Store


def verify_audit_logs(*, store: Store) -> AuditVerification:
    """Walk the hash chain from its start.

    What it cannot find is the loss of the newest rows: keep the number of rows elsewhere.
    """
    with store.begin() as repositories:
        return repositories.audit.verify()
