"""Let go of messages, deliveries and logs that are older than they are kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.domain.webhook_message import KEPT
from shared.ports.clock import Clock
from shared.ports.store import Store

MESSAGES_AT_ONCE: Final = 500
"""With ten attempts for each of several webhooks they are deleted within a second."""
ROUNDS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    counts: Mapping[str, int]
    """Rows removed, by table."""
    is_complete: bool
    """Whether nothing is left for the next time."""


def count_old_deliveries(*, store: Store, clock: Clock) -> Pruned:
    """Say what `prune_deliveries` would do, and do nothing."""
    with store.begin() as repositories:
        counts = repositories.deliveries.count_old(_cutoff(clock))
    return Pruned(counts=counts, is_complete=not any(counts.values()))


def prune_deliveries(*, store: Store, clock: Clock, rounds: int = ROUNDS) -> Pruned:
    """Do it in short transactions; it can be broken off anywhere and begun again."""
    before = _cutoff(clock)
    counts: Counter[str] = Counter()
    for _ in range(rounds):
        with store.begin() as repositories:
            removed = repositories.deliveries.remove_old(before, limit=MESSAGES_AT_ONCE)
        counts.update(removed)
        if removed["webhook_events"] < MESSAGES_AT_ONCE:
            return Pruned(counts=dict(counts), is_complete=True)
    return Pruned(counts=dict(counts), is_complete=False)


def _cutoff(clock: Clock) -> datetime:
    return clock.now() - KEPT
