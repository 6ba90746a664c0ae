"""What Assay sends is accepted, and what others send refused, by the packages that receivers use.

`svix` stands on `standardwebhooks` today. Receivers have one or the other, and both may change.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
import standardwebhooks
import svix.webhooks

from shared.domain.webhook import OVERLAP, WebhookId
from shared.domain.webhook_message import write_secret
from shared.usecases.create_webhook import create_webhook
from shared.usecases.rotate_webhook_secret import rotate_webhook_secret
from shared.usecases.send_delivery import send_delivery
from shared.usecases.send_test_event import send_test_event
from shared.usecases.start_deliveries import start_deliveries
from tests.fakes.webhook_sender import Posted
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN

Verify = Callable[[str, str, Mapping[str, str]], object]
"""Takes a secret, a body and headers, and raises for what it refuses."""

TOLERANCE: Final = timedelta(minutes=5)
"""Of both packages, as the specification advises."""


def by_standardwebhooks(secret: str, body: str, headers: Mapping[str, str]) -> object:
    return standardwebhooks.Webhook(secret).verify(body.encode(), dict(headers))


def by_svix(secret: str, body: str, headers: Mapping[str, str]) -> object:
    return svix.webhooks.Webhook(secret).verify(body.encode(), dict(headers))


@pytest.fixture(params=[by_standardwebhooks, by_svix])
def verify(request: pytest.FixtureRequest) -> Verify:
    return request.param


@pytest.fixture
def world() -> FakeWiring:
    """The packages read the machine's clock, so this world does as well."""
    world = FakeWiring()
    world.clock.at = datetime.now(UTC)
    return world


def registered(world: FakeWiring) -> tuple[WebhookId, str]:
    """Return a webhook and the secret that its receiver was given."""
    created = create_webhook(
        "https://lms.example.org/assay",
        (),
        "",
        ADMIN,
        idempotency=None,
        policy=world.webhook_policy,
        resolver=world.resolver,
        keys=world.webhook_keys,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )
    assert created.secret
    return created.webhook.id, created.secret


def rotated(world: FakeWiring, webhook_id: WebhookId) -> str:
    """Return the secret after a rotation."""
    changed = rotate_webhook_secret(
        webhook_id,
        ADMIN,
        idempotency=None,
        keys=world.webhook_keys,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )
    assert changed.secret
    return changed.secret


def sent(world: FakeWiring, webhook_id: WebhookId) -> Posted:
    """Deliver a test message, and return what went over the wire."""
    delivery = send_test_event(
        webhook_id, ADMIN, idempotency=None, store=world.store, ids=world.ids, clock=world.clock
    ).delivery
    start_deliveries([delivery.id], store=world.store, runs=world.delivery_runs)
    send_delivery(
        delivery.id,
        1,
        policy=world.webhook_policy,
        resolver=world.resolver,
        keys=world.webhook_keys,
        sender=world.webhook_sender,
        store=world.store,
        clock=world.clock,
        metrics=world.metrics,
        jitter=world.jitter,
    )
    return world.webhook_sender.posted[-1]


def refuses(verify: Verify, secret: str, body: str, headers: Mapping[str, str]) -> bool:
    try:
        verify(secret, body, headers)
    except standardwebhooks.WebhookVerificationError:
        return True
    return False


def test_a_delivery_is_accepted(world: FakeWiring, verify: Verify) -> None:
    webhook_id, secret = registered(world)

    posted = sent(world, webhook_id)

    verify(secret, posted.body, posted.headers)


def test_within_a_rotation_both_secrets_will_do(world: FakeWiring, verify: Verify) -> None:
    webhook_id, old = registered(world)
    new = rotated(world, webhook_id)

    posted = sent(world, webhook_id)

    verify(new, posted.body, posted.headers)
    verify(old, posted.body, posted.headers)


def test_after_a_rotation_only_the_new_one(world: FakeWiring, verify: Verify) -> None:
    world.clock.at -= OVERLAP
    webhook_id, old = registered(world)
    new = rotated(world, webhook_id)
    world.clock.at += OVERLAP

    posted = sent(world, webhook_id)

    verify(new, posted.body, posted.headers)
    assert refuses(verify, old, posted.body, posted.headers)


def test_another_body_is_refused(world: FakeWiring, verify: Verify) -> None:
    webhook_id, secret = registered(world)

    posted = sent(world, webhook_id)

    tampered = posted.body.replace("webhook.test", "webhook.Test")
    assert tampered != posted.body
    assert refuses(verify, secret, tampered, posted.headers)


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp"])
def test_id_and_time_are_signed_as_well(world: FakeWiring, verify: Verify, header: str) -> None:
    webhook_id, secret = registered(world)
    posted = sent(world, webhook_id)
    others = {
        "webhook-id": "evt_2",
        "webhook-timestamp": str(int(posted.headers["webhook-timestamp"]) - 1),
    }

    changed = {**posted.headers, header: others[header]}

    assert refuses(verify, secret, posted.body, changed)


@pytest.mark.parametrize("off", [-1, 1])
def test_a_message_of_another_time_is_refused(world: FakeWiring, verify: Verify, off: int) -> None:
    world.clock.at += off * (TOLERANCE + timedelta(seconds=10))
    webhook_id, secret = registered(world)

    posted = sent(world, webhook_id)

    assert refuses(verify, secret, posted.body, posted.headers)


def test_another_secret_is_refused(world: FakeWiring, verify: Verify) -> None:
    webhook_id, _ = registered(world)
    _, other = registered(world)

    posted = sent(world, webhook_id)

    assert refuses(verify, other, posted.body, posted.headers)
    assert refuses(verify, write_secret(b"x" * 32), posted.body, posted.headers)


def test_assays_own_signature_alone_is_refused_by_who_has_a_secret(
    world: FakeWiring, verify: Verify
) -> None:
    webhook_id, secret = registered(world)
    posted = sent(world, webhook_id)
    own = [s for s in posted.headers["webhook-signature"].split(" ") if s.startswith("v1a,")]
    assert own

    changed = {**posted.headers, "webhook-signature": " ".join(own)}

    assert refuses(verify, secret, posted.body, changed)
