"""Managing webhooks: create, change, rotate, delete."""

import base64
from datetime import timedelta

import pytest

from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.event import EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.webhook import DisabledReason, Webhook, WebhookId, WebhookPolicy
from shared.usecases.create_webhook import CreatedWebhook, create_webhook
from shared.usecases.delete_webhook import delete_webhook
from shared.usecases.get_webhook import get_webhook
from shared.usecases.list_webhooks import list_webhooks
from shared.usecases.rotate_webhook_secret import RotatedSecret, rotate_webhook_secret
from shared.usecases.update_webhook import WebhookChanges, update_webhook
from tests.builders import NOON, a_delivery, a_message, a_webhook
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, a_key

URL = "https://lms.example.org/assay?token=theirs"
NOBODY = WebhookId("019b7a01-0000-7000-8000-00000000dead")


def create(
    world: FakeWiring,
    url: str = URL,
    *,
    event_types: tuple[EventType, ...] = (),
    idempotency: IdempotencyKey | None = None,
) -> CreatedWebhook:
    return create_webhook(
        url,
        event_types,
        "The LMS",
        ADMIN,
        idempotency=idempotency,
        policy=world.webhook_policy,
        resolver=world.resolver,
        keys=world.webhook_keys,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def update(world: FakeWiring, webhook: Webhook, changes: WebhookChanges) -> Webhook:
    return update_webhook(
        webhook.id,
        changes,
        ADMIN,
        policy=world.webhook_policy,
        resolver=world.resolver,
        store=world.store,
        clock=world.clock,
    )


def rotate(
    world: FakeWiring, webhook_id: WebhookId, *, idempotency: IdempotencyKey | None = None
) -> RotatedSecret:
    return rotate_webhook_secret(
        webhook_id,
        ADMIN,
        idempotency=idempotency,
        keys=world.webhook_keys,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def put(world: FakeWiring, webhook: Webhook) -> Webhook:
    with world.store.begin() as repositories:
        repositories.webhooks.add(webhook)
    return webhook


def bytes_of(secret: str | None) -> bytes:
    return base64.b64decode((secret or "").removeprefix("whsec_"))


def audited(world: FakeWiring) -> list[tuple[str, str, str]]:
    return [(entry.actor, entry.action, entry.subject) for entry in world.store.state.audit]


class TestCreating:
    def test_the_secret_shown_is_what_signs_and_is_stored_sealed(self, world: FakeWiring) -> None:
        created = create(world)

        stored = world.store.state.webhooks[created.webhook.id]
        secret = bytes_of(created.secret)
        assert len(secret) == 32
        assert world.webhook_keys.open(stored.secret, stored.id) == secret
        assert (created.secret or "") not in repr(world.store.state)

    def test_it_is_audited_without_what_the_url_may_hold(self, world: FakeWiring) -> None:
        created = create(world, event_types=(EventType.USER_ERASED, EventType.USER_ERASED))

        assert audited(world) == [(ADMIN.user_id, "webhook.created", created.webhook.id)]
        assert world.store.state.audit[0].details == {
            "host": "lms.example.org",
            "eventTypes": ["user.erased"],
        }

    def test_the_same_request_again_makes_no_second_and_shows_no_secret(
        self, world: FakeWiring
    ) -> None:
        first = create(world, idempotency=a_key())

        again = create(world, idempotency=a_key())

        assert again.is_replay
        assert (again.webhook, again.secret) == (first.webhook, None)
        assert len(world.store.state.webhooks) == len(audited(world)) == 1

    @pytest.mark.parametrize(
        ("url", "addresses"),
        [
            ("http://lms.example.org/", ("93.184.215.14",)),
            ("http://localhost/", ("127.0.0.1",)),
            ("https://lms.example.org/", ("10.0.0.1",)),
            ("https://lms.example.org/", ("93.184.215.14", "::1")),
            ("https://lms.example.org/", ()),
        ],
    )
    def test_nothing_is_stored_that_must_not_be_reached(
        self, world: FakeWiring, url: str, addresses: tuple[str, ...]
    ) -> None:
        world.resolver.addresses = dict.fromkeys(("lms.example.org", "localhost"), addresses)

        with pytest.raises(InvalidInputError) as refused:
            create(world, url)

        assert refused.value.pointer == "/url"
        assert world.store.state.webhooks == {}

    def test_locally_http_to_this_machine_will_do(self, world: FakeWiring) -> None:
        world.webhook_policy = WebhookPolicy(allow_loopback=True)
        world.resolver.addresses = {"localhost": ("127.0.0.1",)}

        assert create(world, "http://localhost:8000/").webhook.is_enabled

    def test_nobody_subscribes_to_tests(self, world: FakeWiring) -> None:
        with pytest.raises(InvalidInputError, match="tests come") as refused:
            create(world, event_types=(EventType.WEBHOOK_TEST,))

        assert refused.value.pointer == "/eventTypes"


class TestReading:
    def test_it_is_listed_and_found(self, world: FakeWiring) -> None:
        webhook = put(world, a_webhook())

        page = list_webhooks(limit=20, after=None, store=world.store)

        assert page.items == (webhook,)
        assert get_webhook(webhook.id, store=world.store) == webhook

    def test_what_does_not_exist_is_not_found(self, world: FakeWiring) -> None:
        with pytest.raises(NotFoundError):
            get_webhook(NOBODY, store=world.store)


class TestChanging:
    def test_what_is_left_out_stays(self, world: FakeWiring) -> None:
        webhook = put(world, a_webhook(failing_since=NOON))

        assert update(world, webhook, WebhookChanges()) == webhook

    def test_everything_can_be_changed(self, world: FakeWiring) -> None:
        webhook = put(world, a_webhook(disabled=DisabledReason.GONE))

        changed = update(
            world,
            webhook,
            WebhookChanges(
                url="https://other.example.org/",
                event_types=(EventType.ASSESSMENT_FAILED,),
                description="Another",
                enabled=True,
            ),
        )

        assert world.store.state.webhooks[webhook.id] == changed
        assert (changed.url, changed.description) == ("https://other.example.org/", "Another")
        assert changed.event_types == (EventType.ASSESSMENT_FAILED,)
        assert changed.is_enabled
        assert audited(world) == [(ADMIN.user_id, "webhook.updated", webhook.id)]
        assert world.store.state.audit[0].details == {
            "before": {"host": "lms.example.org", "eventTypes": [], "enabled": False},
            "after": {
                "host": "other.example.org",
                "eventTypes": ["assessment.failed"],
                "enabled": True,
            },
        }

    def test_another_address_is_checked_as_the_first_one_was(self, world: FakeWiring) -> None:
        webhook = put(world, a_webhook())
        world.resolver.addresses = {"inside.example.org": ("192.168.1.1",)}

        with pytest.raises(InvalidInputError, match="private"):
            update(world, webhook, WebhookChanges(url="https://inside.example.org/"))

        assert world.store.state.webhooks[webhook.id] == webhook

    def test_disabling_discards_what_is_on_its_way(self, world: FakeWiring) -> None:
        webhook, message = put(world, a_webhook()), a_message()
        with world.store.begin() as repositories:
            repositories.deliveries.add_message(message)
            repositories.deliveries.add([a_delivery(message, webhook)])

        changed = update(world, webhook, WebhookChanges(enabled=False))

        assert changed.disabled is DisabledReason.BY_ADMIN
        assert [d.status for d in world.store.state.deliveries.values()] == ["discarded"]
        assert world.store.state.audit[0].details["after"]["enabled"] is False

    def test_nobody_subscribes_to_tests(self, world: FakeWiring) -> None:
        webhook = put(world, a_webhook())

        with pytest.raises(InvalidInputError, match="tests come"):
            update(world, webhook, WebhookChanges(event_types=(EventType.WEBHOOK_TEST,)))


class TestRotating:
    def test_the_new_secret_is_shown_and_the_old_one_signs_for_a_day(
        self, world: FakeWiring
    ) -> None:
        created = create(world)

        rotated = rotate(world, created.webhook.id)

        stored = world.store.state.webhooks[created.webhook.id]
        now = world.clock.now()
        opened = [world.webhook_keys.open(s, stored.id) for s in stored.secrets_at(now)]
        assert opened == [bytes_of(rotated.secret), bytes_of(created.secret)]
        assert len(stored.secrets_at(now + timedelta(days=1))) == 1
        assert audited(world)[1:] == [(ADMIN.user_id, "webhook.secret_rotated", stored.id)]

    def test_the_same_request_again_rotates_once_and_shows_no_secret(
        self, world: FakeWiring
    ) -> None:
        webhook = create(world).webhook
        rotate(world, webhook.id, idempotency=a_key())
        stored = world.store.state.webhooks[webhook.id]

        again = rotate(world, webhook.id, idempotency=a_key())

        assert (again.is_replay, again.secret) == (True, None)
        assert world.store.state.webhooks[webhook.id] == stored

    def test_what_does_not_exist_has_no_secret(self, world: FakeWiring) -> None:
        with pytest.raises(NotFoundError):
            rotate(world, NOBODY)


class TestDeleting:
    def test_it_is_gone_and_audited(self, world: FakeWiring) -> None:
        webhook = put(world, a_webhook())

        delete_webhook(webhook.id, ADMIN, store=world.store, clock=world.clock)

        assert world.store.state.webhooks == {}
        assert audited(world) == [(ADMIN.user_id, "webhook.deleted", webhook.id)]

    def test_what_does_not_exist_cannot_be_deleted(self, world: FakeWiring) -> None:
        with pytest.raises(NotFoundError):
            delete_webhook(NOBODY, ADMIN, store=world.store, clock=world.clock)

        assert audited(world) == []
