import base64
import hashlib
import hmac
import json

import pytest

from shared.domain.event import EventId, EventType
from shared.domain.webhook_message import (
    MAX_BODY_BYTES,
    message_of,
    sign_symmetric,
    signed_content,
    trial_message,
    write_secret,
)
from tests.builders import NOON, an_event

LINKS = {"assessmentUrl": "/api/v1/assessments/a"}


def test_a_message_says_type_time_sequence_and_data() -> None:
    event = an_event(
        type=EventType.ASSESSMENT_COMPLETED,
        student_id="usr_1",
        sequence=7,
        data={"assessmentId": "a", "overallScore": 72},
    )

    message = message_of(event, links=LINKS)

    assert json.loads(message.body) == {
        "type": "assessment.completed",
        "timestamp": "2026-01-01T12:00:00.000Z",
        "sequence": 7,
        "data": {
            "studentId": "usr_1",
            "assessmentId": "a",
            "overallScore": 72,
            "assessmentUrl": "/api/v1/assessments/a",
        },
    }
    assert (message.id, message.lane) == (event.id, "usr_1")


def test_the_same_event_makes_the_same_bytes() -> None:
    event = an_event()

    assert message_of(event, links=LINKS) == message_of(event, links=LINKS)


def test_a_message_that_should_have_carried_ids_is_refused() -> None:
    size = len(message_of(an_event(data={"text": ""}), links={}).body)
    message_of(an_event(data={"text": "x" * (MAX_BODY_BYTES - size - 1)}), links={})

    with pytest.raises(ValueError, match="should carry ids"):
        message_of(an_event(data={"text": "x" * (MAX_BODY_BYTES - size)}), links={})


def test_a_test_has_no_student_and_a_lane_of_its_own() -> None:
    message = trial_message(EventId("evt_1"), {"webhookId": "w"}, at=NOON)

    content = json.loads(message.body)
    assert (content["type"], content["sequence"]) == ("webhook.test", 0)
    assert (message.student_id, message.lane) == (None, "evt_1")


def test_what_is_signed_is_id_time_and_body() -> None:
    assert signed_content(EventId("evt_1"), 1674087231, '{"a":1}') == b'evt_1.1674087231.{"a":1}'


def test_the_signature_is_that_of_the_specification() -> None:
    """Its own example: id, timestamp, body and secret are those of standard-webhooks."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    content = signed_content(
        EventId("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330, '{"test": 2432232314}'
    )

    signature = sign_symmetric(secret, content)

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_any_other_byte_makes_another_signature() -> None:
    secret = b"x" * 32
    digest = hmac.new(secret, b"content", hashlib.sha256).digest()

    assert sign_symmetric(secret, b"content") == f"v1,{base64.b64encode(digest).decode()}"
    assert sign_symmetric(secret, b"Content") != sign_symmetric(secret, b"content")


def test_a_secret_is_written_as_receivers_configure_it() -> None:
    text = write_secret(bytes(range(32)))

    assert text.startswith("whsec_")
    assert base64.b64decode(text.removeprefix("whsec_")) == bytes(range(32))
