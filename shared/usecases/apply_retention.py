"""Let go of what is older than it may be held; assessments stay as marks of nobody."""

from collections import Counter
from typing import Final

from shared.domain.retention import Cutoffs, Retention
from shared.ports.clock import Clock
from shared.ports.store import Store

ASSESSMENTS_AT_ONCE: Final = 50
"""A transaction that locks more would make students wait who come back to an old one."""
ROWS_AT_ONCE: Final = 5_000
"""Deleted within a second, far from a statement's ten."""
ROUNDS: Final = 40
"""Of each kind: 2,000 assessments and 200,000 rows a table in one run, a minute or two; what is
left waits for the next day."""


def count_old(*, store: Store, clock: Clock) -> Retention:
    """Say what `apply_retention` would do, and do nothing."""
    with store.begin() as repositories:
        counts = repositories.retention.count(Cutoffs.at(clock.now()))
    return Retention(counts=counts, is_complete=not any(counts.values()))


def apply_retention(*, store: Store, clock: Clock) -> Retention:
    """Do it in short transactions; it can be broken off anywhere and begun again."""
    now = clock.now()
    cutoffs = Cutoffs.at(now)
    counts: Counter[str] = Counter()
    for _ in range(ROUNDS):
        if not (erased := _empty_assessments(cutoffs, store)):
            break
        counts["assessments"] += erased
    for _ in range(ROUNDS):
        with store.begin() as repositories:
            removed = repositories.retention.remove_from_queues(cutoffs, limit=ROWS_AT_ONCE)
        counts.update(removed)
        if not any(removed.values()):
            break
    with store.begin() as repositories:
        counts["audit_logs"] += repositories.retention.remove_from_audit_log(
            cutoffs, limit=ROWS_AT_ONCE
        )
        if counts.total():
            repositories.audit.append(
                actor="retention",
                action="retention.applied",
                subject="retention",
                details=dict(counts),
                at=now,
            )
        left = repositories.retention.count(cutoffs)
    return Retention(counts=dict(counts), is_complete=not any(left.values()))


def _empty_assessments(cutoffs: Cutoffs, store: Store) -> int:
    with store.begin() as repositories:
        old = repositories.retention.lock_old_assessments(cutoffs, limit=ASSESSMENTS_AT_ONCE)
        for assessment in old:
            if (closed := assessment.close()) != assessment:
                repositories.assessments.save(closed)
        repositories.erasure.erase_assessments([assessment.id for assessment in old])
    return len(old)
