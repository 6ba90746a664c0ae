"""A warehouse subscribes to the analytics stream, as docs/events.md says."""

from typing import Any, Final
from uuid import uuid4

import httpx

from tests.e2e.driver import Attempt, Person, Student
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually
from tests.event_schemas import faults
from tests.scanning import places_of, sentences, texts

JOURNEY: Final = [
    "assessment.started",
    *["assessment.answered"] * 10,
    "assessment.submitted",
    "assessment.completed",
    "recommendation.feedback",
    "recommendation.feedback",
]
COMMENT: Final = "I wanted to keep bees and got a course on indexes."


def give_feedback(person: Person, recommendation_id: str, relevance: int) -> Any:
    body = {"relevance": relevance, "fit": 2, "comment": COMMENT}
    path = f"/recommendations/{recommendation_id}/feedback"
    return person.post(path, body, key=uuid4().hex).expect(201)


def needles(student: Student, advisor: Person, attempt: Attempt) -> set[str]:
    """Return what would tell who they are, and all that the student wrote or chose to say."""
    said = [response["answer"].get("text", "") for response in attempt.responses]
    words = set().union(*map(sentences, (*said, COMMENT)))
    return words | {student.email, student.id, advisor.id, advisor.email, "Sample Student"}


def test_a_journey_is_told_by_its_schemas_once_in_order_and_tells_of_nobody(
    http: httpx.Client, operator: Operator, advisor: Person
) -> None:
    student = Student.register(http)
    heard: list[dict[str, Any]] = []
    with operator.listening(source="assay.analytics") as take:
        attempt = student.start()
        first = attempt.responses[0]
        for _ in range(3):
            student.post(f"{attempt.path}/answer", first).expect(200)
        student.save(attempt, attempt.responses)
        student.save(attempt, attempt.responses)
        student.submit(attempt)
        assert student.wait(attempt)["status"] == "completed"
        recommendation = student.result(attempt)["recommendation"]
        given = give_feedback(student, recommendation["id"], 1)
        remark = give_feedback(advisor, recommendation["id"], 4)

        def told() -> list[dict[str, Any]]:
            operator.invoke("reconcile", {})
            heard.extend(take())
            ours = {e["detail"]["id"]: e for e in heard if is_of(attempt, e)}
            return list(ours.values()) if len(ours) >= len(JOURNEY) else []

        events = eventually(told, at_most=60, what="events of the whole journey")

    events.sort(key=lambda event: event["detail"]["sequence"])
    assert [event["detail"]["sequence"] for event in events] == list(range(1, len(JOURNEY) + 1))
    assert [event["detail-type"] for event in events] == JOURNEY
    for event in events:
        assert faults(event["detail-type"], event["detail"]) == []

    data = [event["detail"]["data"] for event in events]
    asked = [question["id"] for question in attempt.questions]
    assert [answered["questionId"] for answered in data[1:11]] == asked
    assert data[11] == {"trackId": "backend-engineer", "questionCount": 10, "answeredCount": 10}
    assert data[12]["recommendationId"] == recommendation["id"]
    assert data[12]["overallScore"] == student.result(attempt)["overallScore"]
    assert [(d["feedbackId"], d["role"], d["relevance"]) for d in data[13:]] == [
        (given["id"], "student", 1),
        (remark["id"], "advisor", 4),
    ]
    said = [" ".join(text.casefold().split()) for text in texts(events)]
    assert places_of(needles(student, advisor, attempt), {("bus", "event"): said}) == {}


def is_of(attempt: Attempt, event: dict[str, Any]) -> bool:
    return event["detail"]["assessmentId"] == attempt.id


def test_a_webhook_cannot_ask_for_what_the_stream_alone_tells(
    operator: Operator, http: httpx.Client
) -> None:
    admin = operator.create_person(http, "admin")
    for told in ("assessment.started", "assessment.answered"):
        body = {"url": "https://lms.example.edu/assay", "eventTypes": [told]}
        problem = admin.post("/webhooks", body).expect_problem(422, "invalid_request")
        assert problem["errors"][0]["pointer"] == "/eventTypes/0"
