"""Let what a fallback marked be marked again, once the model is back."""

from typing import Final

from shared.domain.audit import SYSTEM
from shared.domain.rescore import Rescore, RescoreId, RescoreScope
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Store

BATCH: Final = 50
"""A minute: more than a deployment completes, so that an outage's backlog is soon in the queue."""


def queue_degraded(*, may_lower: bool, store: Store, ids: Ids, clock: Clock) -> int:
    """Queue degraded assessments that never were, and return how many.

    Whether the model is back, the work on them finds out: its first essay is the probe.
    """
    now = clock.now()
    with store.begin() as repositories:
        return sum(
            repositories.rescores.add(
                Rescore(
                    id=RescoreId(ids.new()),
                    scope=RescoreScope.DEGRADED,
                    subject=assessment_id,
                    since=None,
                    is_dry_run=False,
                    may_lower=may_lower,
                    requested_by=SYSTEM,
                    requested_at=now,
                )
            )
            for assessment_id in repositories.rescores.unhealed(limit=BATCH)
        )
