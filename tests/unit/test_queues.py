import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import queues
from shared.domain.errors import JobBusyError
from shared.queues import TaskMessage, task_handler
from tests.fakes.redelivery import FakeRedelivery

GOOD = {"taskToken": "token-1", "jobId": "job_1", "assessmentId": "asm_1"}
Invoke = Callable[..., list[str]]


def a_record(number: int = 1, *, body: object = GOOD, receives: int = 1) -> dict[str, Any]:
    return {
        "messageId": f"msg_{number}",
        "receiptHandle": f"receipt_{number}",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {"ApproximateReceiveCount": f"{receives}"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:scoring",
        "awsRegion": "eu-west-1",
    }


class Worker:
    """Remembers the messages it got, and fails on those of some jobs."""

    def __init__(self, *failing: str, error: Exception | None = None) -> None:
        self.handled: list[TaskMessage] = []
        self._failing = failing
        self._error = error or TimeoutError("the model is slow")

    def __call__(self, message: TaskMessage) -> None:
        if message.job_id in self._failing:
            raise self._error
        self.handled.append(message)


@pytest.fixture
def redelivery() -> FakeRedelivery:
    return FakeRedelivery()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    handler, lines = queues.logger.registered_handler, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(lines)
    yield lines
    handler.setStream(before)


@pytest.fixture
def invoke(redelivery: FakeRedelivery, context: LambdaContext) -> Invoke:
    """Give records to a worker, and return the ids of the messages that are reported as failed."""

    def _invoke(worker: Worker, *records: dict[str, Any]) -> list[str]:
        reply = task_handler(worker, lambda: redelivery)({"Records": list(records)}, context)
        assert set(reply) == {"batchItemFailures"}
        return [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]

    return _invoke


def test_a_message_is_handed_on_with_its_token_and_ids(
    invoke: Invoke, redelivery: FakeRedelivery
) -> None:
    worker = Worker()

    assert invoke(worker, a_record(body=GOOD | {"attempt": 2})) == []

    (message,) = worker.handled
    assert (message.task_token, message.job_id, message.assessment_id) == (
        "token-1",
        "job_1",
        "asm_1",
    )
    assert redelivery.delayed == []


def test_a_message_that_fails_is_reported_and_comes_back_soon(
    invoke: Invoke, redelivery: FakeRedelivery
) -> None:
    assert invoke(Worker("job_1"), a_record(7, receives=2)) == ["msg_7"]

    assert redelivery.delayed == [("receipt_7", 2)]


def test_one_failure_does_not_take_the_others_along(
    invoke: Invoke, redelivery: FakeRedelivery
) -> None:
    worker = Worker("job_2")
    records = [a_record(n, body=GOOD | {"jobId": f"job_{n}"}) for n in (1, 2, 3)]

    assert invoke(worker, *records) == ["msg_2"]

    assert [message.job_id for message in worker.handled] == ["job_1", "job_3"]
    assert redelivery.delayed == [("receipt_2", 1)]


def test_when_all_fail_all_are_reported_and_nothing_is_raised(invoke: Invoke) -> None:
    assert invoke(Worker("job_1"), a_record(1), a_record(2)) == ["msg_1", "msg_2"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("not json", id="no-json"),
        pytest.param("[]", id="a-list"),
        pytest.param({"jobId": "job_1", "assessmentId": "asm_1"}, id="no-token"),
        pytest.param(GOOD | {"taskToken": ""}, id="an-empty-token"),
        pytest.param(GOOD | {"jobId": None}, id="no-job"),
        pytest.param({"task_token": "t", "job_id": "j", "assessment_id": "a"}, id="snake-case"),
    ],
)
def test_a_malformed_body_fails_without_reaching_the_worker(
    invoke: Invoke, redelivery: FakeRedelivery, body: object
) -> None:
    worker = Worker()

    assert invoke(worker, a_record(body=body)) == ["msg_1"]

    assert worker.handled == []
    assert redelivery.delayed == [("receipt_1", 1)]


def test_a_job_that_another_worker_holds_comes_back_when_its_lease_is_over(
    invoke: Invoke, redelivery: FakeRedelivery, log: io.StringIO
) -> None:
    assert invoke(Worker("job_1", error=JobBusyError("busy")), a_record()) == ["msg_1"]

    assert redelivery.delayed == []
    assert "task failed" not in log.getvalue()


def test_without_redelivery_a_failure_waits_for_the_queue(context: LambdaContext) -> None:
    handler = task_handler(Worker("job_1"))

    reply = handler({"Records": [a_record()]}, context)

    assert reply == {"batchItemFailures": [{"itemIdentifier": "msg_1"}]}


def test_failures_of_one_batch_are_not_those_of_the_next(context: LambdaContext) -> None:
    handler = task_handler(Worker("job_1"))
    handler({"Records": [a_record()]}, context)

    reply = handler({"Records": [a_record(body=GOOD | {"jobId": "job_2"})]}, context)

    assert reply == {"batchItemFailures": []}


def test_the_log_names_the_job_and_never_the_token(invoke: Invoke, log: io.StringIO) -> None:
    invoke(
        Worker("job_1"),
        a_record(1, receives=3),
        a_record(2, body=GOOD | {"jobId": "job_2"}),
        a_record(3, body='{"taskToken": "token-1"'),
        a_record(4, body={"taskToken": "token-1", "jobId": 5}),
    )

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["message"] for line in lines] == [
        "task failed",
        "task handled",
        "task failed",
        "task failed",
    ]
    assert (lines[0]["job_id"], lines[0]["assessment_id"], lines[0]["receives"]) == (
        "job_1",
        "asm_1",
        3,
    )
    assert "the model is slow" in lines[0]["exception"]
    assert "job_id" not in lines[2]
    assert "token-1" not in log.getvalue()
