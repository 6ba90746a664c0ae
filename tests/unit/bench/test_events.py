import pytest

from bench.events import Student, http_event, task_event
from shared.api.caller import ROUTE_BY_KEY, ensure_allowed
from shared.queues import TaskMessage

ANA = Student(user_id="ana", session_id="s")


@pytest.mark.parametrize(
    "function", ["save_responses", "answer_question", "submit_assessment", "get_result"]
)
def test_a_student_is_let_in_with_the_event(function: str):
    event = http_event(function, student=ANA, assessment_id="a1", body={})

    ensure_allowed(event)
    assert ROUTE_BY_KEY[event["routeKey"]].function == function
    assert event["rawPath"].startswith("/api/v1/assessments/a1/")


def test_an_idempotency_key_is_sent_only_if_there_is_one():
    assert "idempotency-key" not in http_event("list_tracks")["headers"]
    assert http_event("list_tracks", key="k")["headers"]["idempotency-key"] == "k"


def test_a_task_can_be_read_by_the_worker():
    (record,) = task_event(job_id="j1", assessment_id="a1")["Records"]

    message = TaskMessage.model_validate_json(record["body"])

    assert (message.job_id, message.assessment_id) == ("j1", "a1")
