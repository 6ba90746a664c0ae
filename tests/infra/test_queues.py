"""Queues: redelivered in time, given up on after three deliveries, heard when given up on."""

from typing import Final

import pytest

from tests.infra.synthesized import Properties, Synthesized

WORKERS: Final = {
    "Scoring": "score_essay",
    "Retrieval": "retrieve_credentials",
    "Fusion": "fuse_results",
}


def _queue(stage: Synthesized, name: str) -> tuple[str, Properties]:
    (found,) = [
        (key, queue)
        for key, queue in stage.application.of_type("SQS::Queue").items()
        if key.startswith(name)
    ]
    return found


def _consumed(stage: Synthesized) -> dict[str, str]:
    """Module by the logical id of the queue that feeds it."""
    return {
        mapping["EventSourceArn"]["Fn::GetAtt"][0]: stage.modules[mapping["FunctionName"]["Ref"]]
        for mapping in stage.application.of_type("Lambda::EventSourceMapping").values()
    }


@pytest.mark.parametrize("name", WORKERS)
def test_a_message_is_given_up_on_after_three_deliveries(
    each_stage: Synthesized, name: str
) -> None:
    dead_letters, kept = _queue(each_stage, f"{name}DeadLetters")
    _, queue = _queue(each_stage, f"{name}Queue")

    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]},
        "maxReceiveCount": 3,
    }
    assert kept["MessageRetentionPeriod"] == 14 * 24 * 60 * 60


@pytest.mark.parametrize("name", WORKERS)
def test_a_queue_feeds_its_worker_and_its_dead_letters_fail_the_task(
    each_stage: Synthesized, name: str
) -> None:
    consumed = _consumed(each_stage)

    assert consumed[_queue(each_stage, f"{name}Queue")[0]] == WORKERS[name]
    assert consumed[_queue(each_stage, f"{name}DeadLetters")[0]] == "fail_task"


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_ends_before_its_lease_and_the_lease_before_the_next_delivery(
    each_stage: Synthesized, name: str
) -> None:
    _, queue = _queue(each_stage, f"{name}Queue")
    worker = WORKERS[name]

    timeout = each_stage.functions[worker]["Timeout"]
    lease = int(each_stage.variables(worker)["LEASE_SECONDS"])
    assert timeout < lease < queue["VisibilityTimeout"]


@pytest.mark.parametrize("name", WORKERS)
def test_two_model_calls_fit_into_a_worker(each_stage: Synthesized, name: str) -> None:
    worker = WORKERS[name]

    model = int(each_stage.variables(worker)["MODEL_TIMEOUT_SECONDS"])
    assert 2 * model < each_stage.functions[worker]["Timeout"]


def test_every_consumer_is_done_before_its_queue_shows_the_message_again(
    each_stage: Synthesized,
) -> None:
    for queue, module in _consumed(each_stage).items():
        visible_again = each_stage.application.of_type("SQS::Queue")[queue]["VisibilityTimeout"]
        assert each_stage.functions[module]["Timeout"] <= visible_again


def test_messages_are_handled_one_by_one_and_the_workers_are_capped(
    each_stage: Synthesized,
) -> None:
    for mapping in each_stage.application.of_type("Lambda::EventSourceMapping").values():
        assert mapping["BatchSize"] == 1
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        module = each_stage.modules[mapping["FunctionName"]["Ref"]]
        assert ("ScalingConfig" in mapping) == (module != "fail_task")


def test_queues_are_encrypted_and_take_tls_only(production: Synthesized) -> None:
    queues = production.application.of_type("SQS::Queue")
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    refuse_http = {
        queue["Ref"]
        for policy in production.application.of_type("SQS::QueuePolicy").values()
        for queue in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert refuse_http == queues.keys()
