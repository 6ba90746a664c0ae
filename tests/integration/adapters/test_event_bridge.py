import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from shared.adapters.event_bridge import EventBridgeBus
from shared.domain.event import Event, EventType
from tests.builders import an_analytics_event, an_answered, an_event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

BUS = "assay"


@pytest.fixture
def client() -> "EventBridgeClient":
    return boto3.client("events")


@pytest.fixture
def bus(client: "EventBridgeClient") -> EventBridgeBus:
    client.create_event_bus(Name=BUS)
    return EventBridgeBus(client, BUS)


@pytest.fixture
def received(client: "EventBridgeClient", bus: EventBridgeBus) -> Any:
    """What a rule on the source `assay` hands to a queue."""
    assert bus
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    client.put_rule(Name="all", EventBusName=BUS, EventPattern=json.dumps({"source": ["assay"]}))
    client.put_targets(
        Rule="all", EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}]
    )

    def receive() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    return receive


ACCEPTED = {"EventId": "an-id-of-the-bus"}
REFUSED = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}


def reply_of(*entries: dict[str, str]) -> dict[str, Any]:
    return {"FailedEntryCount": entries.count(REFUSED), "Entries": list(entries)}


def events(count: int) -> list[Event]:
    return [an_event(id=f"evt_{n}") for n in range(count)]


def test_an_event_arrives_with_its_id_sequence_and_data(bus: EventBridgeBus, received: Any) -> None:
    event = an_event(
        id="evt_1",
        type=EventType.ASSESSMENT_COMPLETED,
        student_id="usr_1",
        sequence=4,
        data={"assessmentId": "asm_1", "overallScore": 72},
    )

    assert bus.publish([event]) == {"evt_1"}

    (arrived,) = received()
    assert (arrived["source"], arrived["detail-type"]) == ("assay", "assessment.completed")
    assert arrived["time"].startswith("2026-01-01T12:00:00")
    assert arrived["detail"] == {
        "id": "evt_1",
        "studentId": "usr_1",
        "sequence": 4,
        "timestamp": "2026-01-01T12:00:00+00:00",
        "data": {"assessmentId": "asm_1", "overallScore": 72},
    }


def test_more_than_a_call_takes_are_sent_in_several(bus: EventBridgeBus, received: Any) -> None:
    sent = events(23)

    assert bus.publish(sent) == {event.id for event in sent}

    arrived = [*received(), *received(), *received()]
    assert sorted(a["detail"]["id"] for a in arrived) == sorted(e.id for e in sent)


def test_nothing_to_send_calls_nobody(client: "EventBridgeClient") -> None:
    with Stubber(client):
        assert EventBridgeBus(client, BUS).publish([]) == frozenset()


def test_only_what_was_accepted_is_reported(client: "EventBridgeClient") -> None:
    with Stubber(client) as stub:
        stub.add_response("put_events", reply_of(ACCEPTED, REFUSED, ACCEPTED))

        assert EventBridgeBus(client, BUS).publish(events(3)) == {"evt_0", "evt_2"}


def test_what_went_before_an_outage_counts_and_the_rest_waits(client: "EventBridgeClient") -> None:
    with Stubber(client) as stub:
        stub.add_response("put_events", reply_of(*[ACCEPTED] * 10))
        stub.add_client_error("put_events", "InternalException")

        accepted = EventBridgeBus(client, BUS).publish(events(25))

        stub.assert_no_pending_responses()
    assert accepted == {f"evt_{n}" for n in range(10)}


def test_a_bus_that_is_away_accepts_none(client: "EventBridgeClient") -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://events.example")

    client.meta.events.register("before-call.events", unreachable)

    assert EventBridgeBus(client, BUS).publish(events(2)) == frozenset()


def test_a_fact_arrives_from_another_source_by_its_schema(
    client: "EventBridgeClient", bus: EventBridgeBus, received: Any
) -> None:
    fact = an_answered(position=4)
    event = an_analytics_event(sequence=5, fact=fact)

    assert bus.publish_facts([event]) == {event.id}

    assert received() == [], "a rule on `assay`, as the webhooks' is, sees nothing of it"
    client.put_rule(
        Name="all", EventBusName=BUS, EventPattern=json.dumps({"source": ["assay.analytics"]})
    )
    bus.publish_facts([event])
    (arrived,) = received()
    assert (arrived["source"], arrived["detail-type"]) == ("assay.analytics", "assessment.answered")
    assert arrived["time"].startswith("2026-01-01T12:00:00")
    assert arrived["detail"] == {
        "schemaVersion": 1,
        "id": event.id,
        "assessmentId": event.assessment_id,
        "sequence": 5,
        "timestamp": "2026-01-01T12:00:00Z",
        "data": {
            "trackId": "backend-engineer",
            "questionId": fact.question_id,
            "questionVersion": 1,
            "questionType": "essay",
            "domain": "backend.databases",
            "position": 4,
        },
    }


def test_of_facts_too_only_what_was_accepted_is_reported(client: "EventBridgeClient") -> None:
    facts = [an_analytics_event() for _ in range(12)]
    with Stubber(client) as stub:
        stub.add_response("put_events", reply_of(REFUSED, *[ACCEPTED] * 9))
        stub.add_response("put_events", reply_of(ACCEPTED, REFUSED))

        accepted = EventBridgeBus(client, BUS).publish_facts(facts)

        stub.assert_no_pending_responses()
    assert accepted == {event.id for event in facts[1:11]}
