"""What the edges of webhooks add to their use cases."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from functions.fan_out_event import links
from shared.api.routes import BASE_PATH
from shared.domain.user import UserId
from tests.builders import NOON, a_delivery, a_message, a_reply, a_webhook, an_event
from tests.fakes.sample_world import DELIVERY, WEBHOOK, Stage, add_delivery, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, body_of, sample

KEYED = {"content-type": "application/json", "idempotency-key": "key 1"}
HOOK = {"webhookId": WEBHOOK}
EACH = f"{BASE_PATH}/webhooks/{{webhookId}}"


def ask(
    serve: Serve,
    world: FakeWiring,
    route: str,
    *,
    parameters: Mapping[str, str] = HOOK,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Send a request of an admin to one of the routes."""
    method, _, template = route.partition(" ")
    own = ("rotate-secret", "webhooks", "{webhookId}")
    function = "serve_webhooks" if template.endswith(own) else "serve_deliveries"
    path = template.format(**parameters)
    context = sample(function)["requestContext"]
    context["http"] |= {"method": method, "path": path}
    return serve(
        function,
        world,
        routeKey=route,
        rawPath=path,
        requestContext=context,
        pathParameters=dict(parameters),
        queryStringParameters=dict(query or {}),
        headers=dict(headers or {"content-type": "application/json"}),
        body=None if body is None else json.dumps(body),
    )


@pytest.fixture
def world() -> FakeWiring:
    world = world_at(Stage.NOBODY)
    add_delivery(world)
    return world


def test_the_secret_is_in_the_first_answer_and_in_no_other(serve: Serve) -> None:
    world = world_at(Stage.NOBODY)

    created = serve("serve_webhooks", world)
    again = serve("serve_webhooks", world)

    secret = body_of(created)["secret"]
    assert secret.startswith("whsec_")
    assert (again["statusCode"], again["headers"]["Idempotency-Replayed"]) == (201, "true")
    assert body_of(again)["secret"] is None
    hook = {"webhookId": body_of(created)["id"]}
    read = [
        ask(serve, world, f"GET {EACH}", parameters=hook),
        ask(serve, world, f"GET {BASE_PATH}/webhooks", parameters={}),
        ask(serve, world, f"PATCH {EACH}", parameters=hook, body={"description": "New"}),
    ]
    assert [reply["statusCode"] for reply in read] == [200, 200, 200]
    assert all("ecret" not in reply["body"].replace("previousSecretUntil", "") for reply in read)


def test_each_webhook_says_what_assay_itself_signs_with(serve: Serve, world: FakeWiring) -> None:
    listed = body_of(ask(serve, world, f"GET {BASE_PATH}/webhooks", parameters={}))["items"]
    read = body_of(ask(serve, world, f"GET {EACH}"))

    [key] = read["publicKeys"]
    assert key.startswith("whpk_")
    assert base64.b64decode(key.removeprefix("whpk_")) == world.webhook_keys.public_keys()[0]
    assert [webhook["publicKeys"] for webhook in listed] == [[key]]


def test_a_rotation_shows_the_new_secret_once(serve: Serve, world: FakeWiring) -> None:
    first = ask(serve, world, f"POST {EACH}/rotate-secret", headers=KEYED)
    again = ask(serve, world, f"POST {EACH}/rotate-secret", headers=KEYED)

    assert body_of(first)["secret"].startswith("whsec_")
    assert body_of(first)["previousSecretUntil"] == "2026-01-02T12:00:00.000Z"
    assert body_of(again)["secret"] is None
    assert again["headers"]["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": ""}, "/url"),
        ({"url": "http://lms.example.org/"}, "/url"),
        ({"url": "https://lms.example.org/", "eventTypes": ["all"]}, "/eventTypes/0"),
        ({"url": "https://lms.example.org/", "eventTypes": ["webhook.test"]}, "/eventTypes"),
        ({"url": "https://lms.example.org/", "description": "x" * 201}, "/description"),
        ({"url": "https://lms.example.org/", "secret": "mine"}, "/secret"),
    ],
)
def test_bad_input_is_named(
    serve: Serve, world: FakeWiring, body: dict[str, object], pointer: str
) -> None:
    reply = ask(serve, world, f"POST {BASE_PATH}/webhooks", parameters={}, body=body)

    assert reply["statusCode"] == 422
    assert body_of(reply)["errors"][0]["pointer"] == pointer


def test_a_webhook_is_changed_and_removed(serve: Serve, world: FakeWiring) -> None:
    changed = ask(serve, world, f"PATCH {EACH}", body={"enabled": False})
    assert (body_of(changed)["enabled"], body_of(changed)["disabledReason"]) == (False, "by_admin")

    assert ask(serve, world, f"DELETE {EACH}")["statusCode"] == 204
    assert ask(serve, world, f"GET {EACH}")["statusCode"] == 404


def test_pages_of_webhooks_lead_to_the_last(serve: Serve, world: FakeWiring) -> None:
    serve("serve_webhooks", world)

    first = body_of(
        ask(serve, world, f"GET {BASE_PATH}/webhooks", parameters={}, query={"limit": "1"})
    )
    query = {"limit": "1", "cursor": first["nextCursor"]}
    second = body_of(ask(serve, world, f"GET {BASE_PATH}/webhooks", parameters={}, query=query))

    assert {first["items"][0]["id"], second["items"][0]["id"]} == set(world.store.state.webhooks)
    assert second["nextCursor"] is None


def test_the_log_shows_code_latency_and_body_of_each_attempt(
    serve: Serve, world: FakeWiring
) -> None:
    world.webhook_sender.replies = [a_reply(503, retry_after="7")]
    assert serve("send_delivery", world) == {"isOver": False, "wait": 7}

    reply = ask(serve, world, f"GET {EACH}/deliveries", query={"status": "pending"})

    [delivery] = body_of(reply)["items"]
    assert (delivery["id"], delivery["status"], delivery["sequence"]) == (DELIVERY, "pending", 1)
    assert delivery["nextAttemptAt"] == "2026-01-01T12:00:07.000Z"
    assert delivery["attempts"] == [
        {
            "number": 1,
            "at": "2026-01-01T12:00:00.000Z",
            "status": 503,
            "latencyMs": 120,
            "body": "thanks",
            "error": None,
        }
    ]
    failed = ask(serve, world, f"GET {EACH}/deliveries", query={"status": "failed"})
    assert body_of(failed)["items"] == []


def test_a_test_is_started_once(serve: Serve, world: FakeWiring) -> None:
    first = ask(serve, world, f"POST {EACH}/test", headers=KEYED)
    again = ask(serve, world, f"POST {EACH}/test", headers=KEYED)

    assert first["statusCode"] == again["statusCode"] == 202
    assert first["body"] == again["body"]
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert world.delivery_runs.started == [(body_of(first)["deliveryId"], 1)]


def test_a_resend_is_started_and_refused_while_it_is_on_its_way(
    serve: Serve, world: FakeWiring
) -> None:
    place = HOOK | {"deliveryId": DELIVERY}
    route = f"POST {EACH}/deliveries/{{deliveryId}}/resend"
    early = ask(serve, world, route, parameters=place)
    serve("send_delivery", world)

    resent = ask(serve, world, route, parameters=place)

    assert (early["statusCode"], body_of(early)["code"]) == (409, "delivery_pending")
    assert resent["statusCode"] == 202
    assert world.delivery_runs.started == [(DELIVERY, 2)]


def test_a_recovery_starts_what_is_first_and_says_how_much_there_is(
    serve: Serve, world: FakeWiring
) -> None:
    world.webhook_sender.replies = [a_reply(410)]
    serve("send_delivery", world)
    body = {"since": "2026-01-01T12:00:00Z"}

    disabled = ask(serve, world, f"POST {EACH}/recover", body=body)
    ask(serve, world, f"PATCH {EACH}", body={"enabled": True})
    recovered = ask(serve, world, f"POST {EACH}/recover", body=body)

    assert (disabled["statusCode"], body_of(disabled)["code"]) == (409, "webhook_disabled")
    assert (recovered["statusCode"], body_of(recovered)) == (
        202,
        {"deliveries": 1, "hasMore": False},
    )
    assert world.delivery_runs.started == [(DELIVERY, 2)]


@pytest.mark.parametrize("since", ["yesterday", "2026-01-01T12:00:00", "2025-11-01T00:00:00Z"])
def test_a_recovery_wants_a_time_with_its_zone_that_is_not_too_old(
    serve: Serve, world: FakeWiring, since: str
) -> None:
    reply = ask(serve, world, f"POST {EACH}/recover", body={"since": since})

    assert reply["statusCode"] == 422
    assert body_of(reply)["errors"][0]["pointer"] == "/since"


@pytest.mark.parametrize("role", ["student", "advisor"])
def test_only_admins_come_in(serve: Serve, world: FakeWiring, role: str) -> None:
    for function in ("serve_webhooks", "serve_deliveries"):
        context = sample(function)["requestContext"]
        context["authorizer"]["lambda"]["role"] = role

        assert serve(function, world, requestContext=context)["statusCode"] == 403


class TestSendingFunctions:
    def test_an_end_starts_what_follows(self, serve: Serve, world: FakeWiring) -> None:
        first = world.store.state.deliveries[DELIVERY]
        message = world.store.state.messages[first.event_id]
        following = _add_next(world, message.student_id)

        assert serve("send_delivery", world) == {"isOver": True, "wait": 0}

        assert world.delivery_runs.started == [(following, 1)]

    def test_an_event_that_cannot_be_queued_comes_again(self, serve: Serve) -> None:
        world = world_at(Stage.NOBODY)
        world.store.is_available = False

        reply = serve("fan_out_event", world)

        assert len(reply["batchItemFailures"]) == 1

    def test_an_event_that_is_none_comes_again_until_it_is_given_up_on(self, serve: Serve) -> None:
        [record] = sample("fan_out_event")["Records"]

        reply = serve(
            "fan_out_event", world_at(Stage.NOBODY), Records=[record | {"body": '{"detail":{}}'}]
        )

        assert len(reply["batchItemFailures"]) == 1

    def test_a_message_without_an_assessment_has_no_link_to_one(self) -> None:
        assert links(an_event(data={})) == {}
        assert links(an_event(data={"assessmentId": "a"})) == {
            "assessmentUrl": "/api/v1/assessments/a"
        }


def _add_next(world: FakeWiring, student: UserId | None) -> str:
    message = a_message(student_id=student, sequence=2, occurred_at=NOON + timedelta(seconds=1))
    delivery = a_delivery(message, a_webhook(id=WEBHOOK))
    with world.store.begin() as repositories:
        repositories.deliveries.add_message(message)
        repositories.deliveries.add([delivery])
    return delivery.id
