"""An LMS on this machine is told what happens: signed, in order, again and again if it must be."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
import standardwebhooks
import svix.webhooks
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.domain.webhook_message import write_secret
from tests.e2e.driver import Client, Person, Student
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually
from tests.fakes.webhook_receiver import Received, WebhookReceiver, http_reply

SOON: Final = 30.0
HURRIED: Final = "0.00001"
"""Of the schedule: ten attempts within seconds, five days in 4.3 s."""


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def webhook(admin: Person, receiver: WebhookReceiver) -> Iterator[dict[str, Any]]:
    """A webhook of the receiver, with the secret that was shown."""
    created = admin.post("/webhooks", {"url": receiver.url, "description": "LMS"}).expect(201)
    yield created
    admin.delete(f"/webhooks/{created['id']}")


@pytest.fixture
def listening(admin: Person, webhook: dict[str, Any], receiver: WebhookReceiver) -> dict[str, Any]:
    """The same after its test message has come."""
    admin.post(f"/webhooks/{webhook['id']}/test").expect(202)
    came(receiver, 1)
    receiver.received.clear()
    return webhook


def came(receiver: WebhookReceiver, count: int, *, at_most: float = SOON) -> list[Received]:
    def enough() -> list[Received] | None:
        return list(receiver.received) if len(receiver.received) >= count else None

    return eventually(enough, at_most=at_most, what=f"{count} messages") or []


def content_of(request: Received) -> dict[str, Any]:
    return json.loads(request.body)


def holds(request: Received, secret: str) -> bool:
    """Verify the very bytes by both of the packages that receivers use, who have to agree."""
    verdicts = {
        _accepts(verify, request)
        for verify in (
            standardwebhooks.Webhook(secret).verify,
            svix.webhooks.Webhook(secret).verify,
        )
    }
    [verdict] = verdicts
    return verdict


def _accepts(verify: Callable[[bytes, dict[str, str]], object], request: Received) -> bool:
    try:
        verify(request.body, dict(request.headers))
    except standardwebhooks.WebhookVerificationError:
        return False
    return True


def holds_publicly(request: Received, anybody: Client, webhook: dict[str, Any]) -> bool:
    """Verify `v1a` with the keys of webhooks in the JWKS, which the webhook shows as well."""
    signed = (
        f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode()
        + request.body
    )
    jwks = anybody.get("/.well-known/jwks.json").expect(200)["keys"]
    published = [
        base64.urlsafe_b64decode(jwk["x"] + "=")
        for jwk in jwks
        if jwk["kid"].startswith("webhook-")
    ]
    assert [f"whpk_{base64.b64encode(key).decode()}" for key in published] == webhook["publicKeys"]
    for key in map(Ed25519PublicKey.from_public_bytes, published):
        for signature in request.headers["webhook-signature"].split(" "):
            if signature.startswith("v1a,"):
                try:
                    key.verify(base64.b64decode(signature.removeprefix("v1a,")), signed)
                except InvalidSignature:
                    continue
                return True
    return False


def deliveries(admin: Person, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    return admin.get(f"/webhooks/{webhook['id']}/deliveries").expect(200)["items"]


def until(
    admin: Person, webhook: dict[str, Any], is_so: Callable[[list[dict[str, Any]]], object]
) -> list[dict[str, Any]]:
    """Return the deliveries, once they are so."""

    def look() -> list[dict[str, Any]] | None:
        found = deliveries(admin, webhook)
        return found if is_so(found) else None

    return eventually(look, at_most=SOON, what="deliveries like that") or []


def test_a_test_message_is_signed_with_the_secret_and_with_assays_key(
    admin: Person, nobody: Client, webhook: dict[str, Any], receiver: WebhookReceiver
) -> None:
    receiver.answer(http_reply(202, body=b"x" * 3000))

    accepted = admin.post(f"/webhooks/{webhook['id']}/test").expect(202)

    [request] = came(receiver, 1)
    assert content_of(request)["type"] == "webhook.test"
    assert content_of(request)["data"] == {"webhookId": webhook["id"]}
    assert request.headers["webhook-id"] == accepted["eventId"]
    assert holds(request, webhook["secret"])
    assert not holds(request, write_secret(b"x" * 32))
    assert not holds(replace(request, body=request.body + b" "), webhook["secret"])
    hour_ago = {"webhook-timestamp": str(int(request.headers["webhook-timestamp"]) - 3600)}
    assert not holds(replace(request, headers={**request.headers, **hour_ago}), webhook["secret"])
    assert holds_publicly(request, nobody, webhook)
    [delivery] = until(admin, webhook, lambda found: found[0]["status"] == "delivered")
    [attempt] = delivery["attempts"]
    assert (attempt["status"], attempt["body"], attempt["error"]) == (202, "x" * 1024, None)
    assert attempt["latencyMs"] >= 0


def test_an_assessment_is_told_in_order(
    http: httpx.Client, listening: dict[str, Any], receiver: WebhookReceiver
) -> None:
    student = Student.register(http)
    attempt, result = student.take()

    requests = came(receiver, 2)

    # A message may come again, as when a sender was slow to note that it had arrived.
    contents = list({r.headers["webhook-id"]: content_of(r) for r in requests}.values())
    assert [c["type"] for c in contents[:2]] == ["assessment.submitted", "assessment.completed"]
    assert [c["sequence"] for c in contents] == list(range(1, len(contents) + 1))
    completed = contents[1]["data"]
    assert completed["studentId"] == student.id
    assert completed["assessmentId"] == attempt.id
    assert completed["overallScore"] == result["overallScore"]
    assert student.get(completed["assessmentUrl"].removeprefix("/api/v1")).status == 200
    assert all(holds(request, listening["secret"]) for request in requests)
    assert all(len(request.body) < 20_000 for request in requests)
    assert student.email not in b"".join(r.body for r in requests).decode()


def test_what_comes_later_waits_for_what_fails(
    admin: Person, http: httpx.Client, listening: dict[str, Any], receiver: WebhookReceiver
) -> None:
    receiver.answer(http_reply(500), http_reply(302, {"Location": receiver.url}), http_reply())
    Student.register(http).take()

    requests = came(receiver, 4)

    first, *rest = [content_of(request) for request in requests[:4]]
    assert [c["sequence"] for c in (first, *rest)] == [1, 1, 1, 2]
    assert len({request.headers["webhook-id"] for request in requests[:3]}) == 1
    assert requests[0].body == requests[2].body
    assert all(holds(request, listening["secret"]) for request in requests)
    found = until(admin, listening, lambda all_: all(d["status"] == "delivered" for d in all_))
    [slow] = [d for d in found if len(d["attempts"]) > 1]
    assert [a["status"] for a in slow["attempts"]] == [500, 302, 200]


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_patience_gets_it(
    admin: Person, webhook: dict[str, Any], receiver: WebhookReceiver, status: int
) -> None:
    receiver.answer(http_reply(status, {"Retry-After": "3"}), http_reply())
    admin.post(f"/webhooks/{webhook['id']}/test").expect(202)

    first, second = came(receiver, 2)

    assert 2.9 <= second.at - first.at < 15


def test_after_a_rotation_both_secrets_sign_and_none_is_ever_shown_again(
    admin: Person, webhook: dict[str, Any], receiver: WebhookReceiver
) -> None:
    path = f"/webhooks/{webhook['id']}"
    rotated = admin.post(f"{path}/rotate-secret").expect(200)
    admin.post(f"{path}/test").expect(202)

    [request] = came(receiver, 1)

    assert holds(request, webhook["secret"])
    assert holds(request, rotated["secret"])
    shown = (
        admin.get(path).text + admin.get("/webhooks").text + admin.get(f"{path}/deliveries").text
    )
    assert webhook["secret"] not in shown
    assert rotated["secret"] not in shown


def test_gone_disables_and_enabling_and_recovering_bring_back_what_was_missed(
    admin: Person,
    http: httpx.Client,
    operator: Operator,
    listening: dict[str, Any],
    receiver: WebhookReceiver,
) -> None:
    path = f"/webhooks/{listening['id']}"
    receiver.answer(http_reply(410))
    since = operator.rows("SELECT now() AS now")[0]["now"].isoformat()
    Student.register(http).take()

    def is_disabled() -> bool:
        return not admin.get(path).expect(200)["enabled"]

    eventually(is_disabled, at_most=SOON, what="disabled webhook")
    assert admin.get(path).expect(200)["disabledReason"] == "gone"
    admin.post(f"{path}/test").expect_problem(409, "webhook_disabled")
    audited = operator.rows(
        "SELECT actor, action, details FROM audit_logs WHERE subject = :id ORDER BY number",
        id=listening["id"],
    )
    assert ("system", "webhook.disabled") in [(row["actor"], row["action"]) for row in audited]

    receiver.received.clear()
    receiver.answer(http_reply())
    admin.patch(path, {"enabled": True}).expect(200)
    # What was told while it was disabled has to be in the messages before it can be missed.
    eventually(
        lambda: operator.rows(
            "SELECT 1 FROM outbox_events o JOIN webhook_events e ON e.id = o.id "
            "WHERE o.occurred_at >= :since AND o.type = 'assessment.completed'",
            since=since,
        ),
        at_most=SOON,
        what="message of the result",
    )
    key = uuid4().hex
    recovered = admin.post(f"{path}/recover", {"since": since}, key=key)
    assert recovered.expect(202) == {"deliveries": 2, "hasMore": False}
    assert admin.post(f"{path}/recover", {"since": since}, key=key).body == recovered.body

    requests = came(receiver, 2)
    assert [content_of(request)["sequence"] for request in requests] == [1, 2]


def test_a_delivery_is_sent_again_on_an_admin_s_word(
    admin: Person, webhook: dict[str, Any], receiver: WebhookReceiver
) -> None:
    accepted = admin.post(f"/webhooks/{webhook['id']}/test").expect(202)
    until(admin, webhook, lambda found: found[0]["status"] == "delivered")
    resend = f"/webhooks/{webhook['id']}/deliveries/{accepted['deliveryId']}/resend"
    admin.post(resend).expect(202)

    first, second = came(receiver, 2)

    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_ten_failures_are_all_and_five_days_of_them_disable(
    admin: Person, operator: Operator, webhook: dict[str, Any], receiver: WebhookReceiver
) -> None:
    path = f"/webhooks/{webhook['id']}"
    receiver.answer(http_reply(500))
    with operator.configured(["send_delivery"], WEBHOOK_TIME_SCALE=HURRIED):
        admin.post(f"{path}/test").expect(202)

        def is_disabled() -> bool:
            return not admin.get(path).expect(200)["enabled"]

        eventually(is_disabled, at_most=60, what="disabled webhook")

    assert admin.get(path).expect(200)["disabledReason"] == "failing"
    reasons = operator.rows(
        "SELECT details FROM audit_logs WHERE subject = :id AND action = 'webhook.disabled'",
        id=webhook["id"],
    )
    assert [row["details"] for row in reasons] == [{"reason": "failing"}]
    assert 1 < len(receiver.received) <= 10


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://[fd00:ec2::254]/",
        "http://169.254.169.254/",
        "ftp://127.0.0.1/",
    ],
)
def test_what_must_not_be_reached_is_not_saved(admin: Person, url: str) -> None:
    problem = admin.post("/webhooks", {"url": url}).expect(422)

    assert problem["errors"][0]["pointer"] == "/url"


def test_an_address_that_turned_bad_is_not_connected_to(
    admin: Person, operator: Operator, webhook: dict[str, Any], receiver: WebhookReceiver
) -> None:
    """The check at sending stands by itself, whatever came past the one at saving."""
    operator.change(
        "UPDATE webhook_endpoints SET url = :url WHERE id = :id",
        url=f"https://127.0.0.1:{receiver.port}/hook",
        id=webhook["id"],
    )
    admin.post(f"/webhooks/{webhook['id']}/test").expect(202)

    [delivery] = until(admin, webhook, lambda found: found[0]["attempts"])

    assert delivery["attempts"][0]["error"] == "refused_address"
    assert receiver.received == []


def test_the_secret_is_stored_sealed(operator: Operator, webhook: dict[str, Any]) -> None:
    [row] = operator.rows("SELECT * FROM webhook_endpoints WHERE id = :id", id=webhook["id"])

    secret = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    assert webhook["secret"].removeprefix("whsec_") not in repr(row)
    assert secret.hex() not in repr(row)


@pytest.mark.parametrize("role", ["student", "advisor"])
def test_nobody_but_an_admin_comes_near(
    student: Student, advisor: Person, webhook: dict[str, Any], role: str
) -> None:
    caller = student if role == "student" else advisor
    path = f"/webhooks/{webhook['id']}"

    caller.get("/webhooks").expect_problem(403, "forbidden")
    caller.post("/webhooks", {"url": "https://example.org/"}).expect_problem(403, "forbidden")
    caller.get(f"{path}/deliveries").expect_problem(403, "forbidden")
    caller.post(f"{path}/rotate-secret").expect_problem(403, "forbidden")
    caller.delete(path).expect_problem(403, "forbidden")
