"""Turn what happened to a student into a delivery for each webhook that wants to know."""

from collections.abc import Callable, Mapping, Sequence

from shared.domain.event import Event
from shared.domain.user import UserId
from shared.domain.webhook import Webhook
from shared.domain.webhook_delivery import Delivery, DeliveryId
from shared.domain.webhook_message import RECOVERABLE, Message, message_of
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store

Links = Callable[[Event], Mapping[str, str]]


def fan_out_event(
    student_id: UserId, sequence: int, *, links: Links, store: Store, ids: Ids, clock: Clock
) -> tuple[DeliveryId, ...]:
    """Queue the student's events up to this one, and return the deliveries to start.

    A bus gives no order and may give an event twice or late. So it only says how far to read the
    outbox, which has both order and each event once.
    """
    with store.begin() as repositories:
        repositories.deliveries.lock_lane(student_id)
        webhooks = repositories.webhooks.enabled()
        queued: list[Delivery] = []
        since = clock.now() - RECOVERABLE
        for event in repositories.deliveries.untold(student_id, through=sequence, since=since):
            message = message_of(event, links=links(event))
            repositories.deliveries.add_message(message)
            told = [webhook for webhook in webhooks if webhook.is_told_of(event)]
            queued += _deliveries(message, told, ids, clock)
        repositories.deliveries.add(queued)
        return _heads(repositories, queued)


def _deliveries(
    message: Message, webhooks: Sequence[Webhook], ids: Ids, clock: Clock
) -> list[Delivery]:
    now = clock.now()
    return [
        Delivery.of(message, webhook.id, id=DeliveryId(ids.new()), at=now) for webhook in webhooks
    ]


def _heads(repositories: Repositories, queued: Sequence[Delivery]) -> tuple[DeliveryId, ...]:
    """The others are started when the one before them has ended."""
    first = {delivery.webhook_id: delivery for delivery in reversed(queued)}
    heads = (repositories.deliveries.head(d.webhook_id, d.lane) for d in first.values())
    queued_ids = {delivery.id for delivery in queued}
    return tuple(head.id for head in heads if head and head.id in queued_ids)
