"""Give the dead letters of a queue another chance."""

from dataclasses import dataclass
from typing import Final

from shared.domain.audit import OPERATOR, AuditFilter
from shared.domain.idempotency import IdempotencyKey
from shared.domain.operations import Redriven
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.dead_letters import DeadLetters
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store

ACTION: Final = "queue.redriven"
BATCH: Final = 200
"""At once: 400 calls of about 10 ms, well below the time of a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedrivenQueue:
    redriven: Redriven
    is_replay: bool


def redrive_queue(
    queue: str,
    *,
    caller: Caller | None,
    idempotency: IdempotencyKey | None,
    store: Store,
    dead_letters: DeadLetters,
    ids: Ids,
    clock: Clock,
) -> RedrivenQueue:
    """Move a batch of dead letters back to their queue, and leave an audit row that says so.

    `caller` is None for an operator. A job that is done already, or whose assessment is scored no
    longer, is left alone by the worker that meets it. The key stays locked meanwhile, so that two
    requests with it move one batch; the audit row is what the second is answered from.

    Raises:
        NotFoundError: there is no such queue.
        QueuesUnavailableError: the queue service does not answer; nothing was moved.
        IdempotencyConflictError: the key came with another request.
    """
    now = clock.now()
    redrive_id = ids.new()
    with store.begin() as repositories:
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=redrive_id, now=now)
            if first != redrive_id:
                return RedrivenQueue(redriven=_read(first, repositories), is_replay=True)
        redriven = dead_letters.redrive(queue, limit=BATCH)
        repositories.audit.append(
            actor=OPERATOR if caller is None else caller.user_id,
            action=ACTION,
            subject=redrive_id,
            details={
                "queue": redriven.queue,
                "moved": redriven.moved,
                "waiting": redriven.waiting,
                "inFlight": redriven.in_flight,
            },
            at=now,
        )
    return RedrivenQueue(redriven=redriven, is_replay=False)


def _read(redrive_id: str, repositories: Repositories) -> Redriven:
    wanted = AuditFilter(action=ACTION, subject=redrive_id)
    (entry,) = repositories.audit.page_of(wanted, limit=1, after=None).items
    return Redriven(
        queue=entry.details["queue"],
        moved=entry.details["moved"],
        waiting=entry.details["waiting"],
        in_flight=entry.details["inFlight"],
    )
