"""List the audit log, newest first."""

from shared.domain.audit import AuditFilter
from shared.ports.store import AuditPage, Store


def list_audit_logs(
    wanted: AuditFilter, *, limit: int, after: int | None, store: Store
) -> AuditPage:
    with store.begin() as repositories:
        return repositories.audit.page_of(wanted, limit=limit, after=after)
