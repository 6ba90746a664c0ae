"""How events reach webhooks: bus, queue, executions; and what only stage local may."""

import json
from collections.abc import Mapping
from typing import Any

from shared.adapters.event_bridge import SOURCE
from tests.infra.synthesized import Properties, Synthesized


def _machine(stage: Synthesized) -> Properties:
    (machine,) = [
        machine
        for name, machine in stage.application.of_type("StepFunctions::StateMachine").items()
        if name.startswith("Webhooks")
    ]
    return machine


def _definition(stage: Synthesized) -> Mapping[str, Any]:
    parts = _machine(stage)["DefinitionString"]["Fn::Join"][1]
    text = "".join(p if isinstance(p, str) else next(iter(p.values()), "")[0] for p in parts)
    definition: Mapping[str, Any] = json.loads(text)
    return definition


def _queues(stage: Synthesized) -> dict[str, Properties]:
    return {
        name.removeprefix("Webhooks")[:-8]: queue
        for name, queue in stage.application.of_type("SQS::Queue").items()
        if name.startswith("Webhooks")
    }


def test_what_the_outbox_tells_is_queued_for_the_fan_out(each_stage: Synthesized) -> None:
    (rule,) = [
        rule
        for rule in each_stage.application.of_type("Events::Rule").values()
        if "EventPattern" in rule
    ]
    (target,) = rule["Targets"]
    (source,) = [
        mapping["EventSourceArn"]
        for mapping in each_stage.application.of_type("Lambda::EventSourceMapping").values()
        if each_stage.modules[mapping["FunctionName"]["Ref"]] == "fan_out_event"
    ]

    assert rule["EventPattern"] == {"source": [SOURCE]}
    assert target["Arn"] == source
    assert source["Fn::GetAtt"][0].startswith("WebhooksQueue")


def test_an_event_is_tried_for_twenty_minutes_and_then_kept(each_stage: Synthesized) -> None:
    queues = _queues(each_stage)

    queue = queues["Queue"]
    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] == 20 * 60
    assert queues["DeadLetters"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60


def test_an_execution_sends_and_waits_until_it_is_over(each_stage: Synthesized) -> None:
    states = _definition(each_stage)["States"]

    send = states["Send"]
    assert send["Arguments"]["FunctionName"].startswith("SendDelivery")
    assert send["Arguments"]["Payload"] == {
        "deliveryId": "{% $states.input.deliveryId %}",
        "run": "{% $states.input.run %}",
    }
    assert send["Next"] == "Over?"
    (over,) = states["Over?"]["Choices"]
    assert over == {"Condition": "{% $states.input.isOver %}", "Next": "Over"}
    assert states["Over?"]["Default"] == "Wait"
    assert states["Wait"]["Seconds"] == "{% $states.input.wait %}"
    assert states["Wait"]["Next"] == "Send"


def test_a_function_that_breaks_is_called_again(each_stage: Synthesized) -> None:
    (retry,) = _definition(each_stage)["States"]["Send"]["Retry"]

    assert retry["ErrorEquals"] == ["States.ALL"]
    assert retry["MaxAttempts"] == (2 if each_stage.stage.is_local else 6)


def test_an_execution_outlasts_ten_attempts(each_stage: Synthesized) -> None:
    assert _definition(each_stage)["TimeoutSeconds"] > 10 * 24 * 60 * 60


def test_executions_are_started_by_the_machine_s_own_name(each_stage: Synthesized) -> None:
    name = _machine(each_stage)["StateMachineName"]
    for module in ("fan_out_event", "send_delivery", "serve_deliveries", "reconcile"):
        arn = json.dumps(each_stage.variables(module)["DELIVERY_MACHINE_ARN"])
        assert f":stateMachine:{name}" in arn
        started = {
            a.resource for a in each_stage.allowed(module) if a.action == "states:StartExecution"
        }
        assert any(f":stateMachine:{name}" in resource for resource in started), module


def test_the_machine_invokes_the_sender_and_nothing_else(production: Synthesized) -> None:
    role = _machine(production)["RoleArn"]["Fn::GetAtt"][0]
    invoked = {
        production.modules[resource["Fn::GetAtt"][0]]
        for policy in production.application.of_type("IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
        for resource in statement["Resource"]
        if "Fn::GetAtt" in resource
    }
    assert invoked == {"send_delivery"}


def test_only_a_laptop_sends_to_itself_and_hurries(
    production: Synthesized, local: Synthesized
) -> None:
    for module in ("serve_webhooks", "send_delivery"):
        assert production.variables(module)["WEBHOOK_LOOPBACK"] == "false"
        assert local.variables(module)["WEBHOOK_LOOPBACK"] == "true"
    assert float(production.variables("send_delivery")["WEBHOOK_TIME_SCALE"]) == 1
    assert float(local.variables("send_delivery")["WEBHOOK_TIME_SCALE"]) == 0.001


def test_a_sender_lives_longer_than_a_receiver_may_take(each_stage: Synthesized) -> None:
    # 15 s for the answer and 5 s for the name; the lease in the database is 60 s.
    assert 20 < each_stage.functions["send_delivery"]["Timeout"] < 60


def test_a_webhook_that_is_given_up_on_alarms(production: Synthesized) -> None:
    alarms = {
        name.removeprefix("Alarms")[:-8]
        for name in production.application.of_type("CloudWatch::Alarm")
    }

    assert {"WebhookDisabled", "WebhookDelivery", "WebhookDeadLetters", "WebhookErrors"} <= alarms


def test_the_key_of_webhooks_is_another_than_that_of_tokens(production: Synthesized) -> None:
    secrets = production.data.of_type("SecretsManager::Secret")

    assert {name[:-8] for name in secrets} >= {"SigningKey", "WebhookKey"}
    assert all(s["GenerateSecretString"] for n, s in secrets.items() if n.startswith("Webhook"))
