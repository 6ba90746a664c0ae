"""Show how the deployment is doing."""

from shared.domain.errors import QueuesUnavailableError
from shared.domain.operations import RECENT, Operations, QueueState
from shared.ports.clock import Clock
from shared.ports.queue_monitor import QueueMonitor
from shared.ports.store import Store


def get_operations(*, store: Store, queues: QueueMonitor, clock: Clock) -> Operations:
    """Return what can be told: without the queues when they cannot be read."""
    now = clock.now()
    since = now - RECENT
    with store.begin() as repositories:
        work = repositories.operations.work(now=now, since=since)
    return Operations(at=now, since=since, work=work, queues=_read(queues))


def _read(queues: QueueMonitor) -> tuple[QueueState, ...] | None:
    try:
        return tuple(queues.read())
    except QueuesUnavailableError:
        return None
