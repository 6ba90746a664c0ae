"""Webhooks, on every store."""

from dataclasses import replace

import pytest

from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.event import EventType
from shared.domain.webhook import DisabledReason, SealedSecret, Webhook, WebhookId
from shared.ports.store import Store
from tests.builders import NOON, a_delivery, a_message, a_reply, a_webhook, an_id, later
from tests.integration.test_store_deliveries import logged, stored_delivery

NO_IDS = pytest.mark.parametrize("id", [an_id(), "no-uuid", "", "\0"])


def stored(store: Store, webhook: Webhook) -> Webhook:
    with store.begin() as repositories:
        repositories.webhooks.add(webhook)
    return webhook


def test_a_webhook_comes_back_equal(store: Store) -> None:
    webhook = stored(store, a_webhook(event_types=(EventType.ASSESSMENT_COMPLETED,)))

    with store.begin() as repositories:
        assert repositories.webhooks.get(webhook.id) == webhook
        assert repositories.webhooks.lock(webhook.id) == webhook


def test_saving_replaces_all_but_its_age(store: Store) -> None:
    webhook = stored(store, a_webhook())
    changed = replace(
        webhook.rotate(SealedSecret("new"), NOON)
        .move("https://other.example.org/")
        .fail(later(5), is_gone=False)
        .disable(DisabledReason.BY_ADMIN),
        description="another",
        event_types=(EventType.USER_ERASED, EventType.RESULT_CORRECTED),
    )

    with store.begin() as repositories:
        repositories.webhooks.save(replace(changed, created_at=later(99)))

    with store.begin() as repositories:
        assert repositories.webhooks.get(webhook.id) == changed


@NO_IDS
def test_an_unknown_webhook_is_not_found(store: Store, id: str) -> None:
    for ask in ("get", "lock", "delete"):
        with pytest.raises(NotFoundError), store.begin() as repositories:
            getattr(repositories.webhooks, ask)(WebhookId(id))


def test_only_enabled_webhooks_are_told(store: Store) -> None:
    enabled = stored(store, a_webhook())
    stored(store, a_webhook(disabled=DisabledReason.FAILING))

    with store.begin() as repositories:
        assert repositories.webhooks.enabled() == (enabled,)


def test_pages_are_newest_first_and_end(store: Store) -> None:
    webhooks = [stored(store, a_webhook()) for _ in range(3)]

    with store.begin() as repositories:
        first = repositories.webhooks.page(limit=2, after=None)
        second = repositories.webhooks.page(limit=2, after=first.next_cursor)

    assert first.items + second.items == tuple(reversed(webhooks))
    assert (first.next_cursor, second.next_cursor) == (webhooks[1].id, None)


def test_a_cursor_that_no_page_gave_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInputError), store.begin() as repositories:
        repositories.webhooks.page(limit=2, after=WebhookId("no-uuid"))


def test_deleting_takes_its_deliveries_along_and_no_others(store: Store) -> None:
    webhook, other = stored(store, a_webhook()), stored(store, a_webhook())
    message = a_message()
    delivery = stored_delivery(store, a_delivery(message, webhook), message)
    kept = stored_delivery(store, a_delivery(message, other))
    logged(store, delivery, a_reply())

    with store.begin() as repositories:
        repositories.webhooks.delete(webhook.id)

    with store.begin() as repositories:
        assert repositories.deliveries.get(kept.id) == kept
        assert repositories.deliveries.attempts([delivery.id], newest=9) == {}
    with pytest.raises(NotFoundError), store.begin() as repositories:
        repositories.deliveries.get(delivery.id)
    with pytest.raises(NotFoundError), store.begin() as repositories:
        repositories.webhooks.get(webhook.id)
