from typing import Any

import sqlalchemy as sa

from shared.adapters.postgres.ids import is_id, must_be_id
from shared.adapters.postgres.tables import webhook_endpoints
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.event import EventType
from shared.domain.webhook import DisabledReason, SealedSecret, Webhook, WebhookId
from shared.ports.store import WebhookPage

_w = webhook_endpoints.c


class PostgresWebhookRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, webhook: Webhook) -> None:
        values = {"id": webhook.id, "created_at": webhook.created_at, **_changes_of(webhook)}
        self._connection.execute(sa.insert(webhook_endpoints).values(values))

    def get(self, webhook_id: WebhookId) -> Webhook:
        return self._one(webhook_id, sa.select(webhook_endpoints))

    def lock(self, webhook_id: WebhookId) -> Webhook:
        return self._one(webhook_id, sa.select(webhook_endpoints).with_for_update(key_share=True))

    def save(self, webhook: Webhook) -> None:
        statement = sa.update(webhook_endpoints).where(_w.id == webhook.id)
        self._connection.execute(statement.values(_changes_of(webhook)))

    def delete(self, webhook_id: WebhookId) -> None:
        must_be_id(webhook_id, "webhook")
        statement = sa.delete(webhook_endpoints).where(_w.id == webhook_id)
        if self._connection.execute(statement).rowcount == 0:
            raise NotFoundError(f"no webhook {webhook_id}")

    def enabled(self) -> tuple[Webhook, ...]:
        query = sa.select(webhook_endpoints).where(_w.disabled.is_(None)).order_by(_w.id)
        return tuple(map(_to_webhook, self._connection.execute(query)))

    def page(self, *, limit: int, after: WebhookId | None) -> WebhookPage:
        query = sa.select(webhook_endpoints)
        if after is not None:
            if not is_id(after):
                raise InvalidInputError("the cursor is not one that this list gave")
            query = query.where(_w.id < after)
        query = query.order_by(_w.id.desc()).limit(limit + 1)
        found = tuple(map(_to_webhook, self._connection.execute(query)))
        items = found[:limit]
        return WebhookPage(items=items, next_cursor=items[-1].id if len(found) > limit else None)

    def _one(self, webhook_id: WebhookId, query: sa.Select[Any]) -> Webhook:
        must_be_id(webhook_id, "webhook")
        row = self._connection.execute(query.where(_w.id == webhook_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"no webhook {webhook_id}")
        return _to_webhook(row)


def _changes_of(webhook: Webhook) -> dict[str, Any]:
    return {
        "url": webhook.url,
        "description": webhook.description,
        "event_types": list(webhook.event_types),
        "secret": webhook.secret,
        "previous_secret": webhook.previous_secret,
        "previous_until": webhook.previous_until,
        "disabled": webhook.disabled,
        "failing_since": webhook.failing_since,
    }


def _to_webhook(row: Any) -> Webhook:
    return Webhook(
        id=WebhookId(row.id),
        url=row.url,
        description=row.description,
        event_types=tuple(map(EventType, row.event_types)),
        secret=SealedSecret(row.secret),
        created_at=row.created_at,
        previous_secret=SealedSecret(row.previous_secret) if row.previous_secret else None,
        previous_until=row.previous_until,
        disabled=DisabledReason(row.disabled) if row.disabled else None,
        failing_since=row.failing_since,
    )
