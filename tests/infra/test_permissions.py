"""What each function may do, and that it is no more than that."""

import json
from typing import Final

import pytest

from tests.infra.synthesized import Synthesized

DATABASE: Final = {"rds-db:connect"}
READ_SECRET: Final = {"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}
ITEMS: Final = {f"dynamodb:{verb}Item" for verb in ("Delete", "Get", "Put", "Update")}
START: Final = {"states:StartExecution"}
DESCRIBE: Final = {"states:DescribeExecution"}
TELL: Final = {"events:PutEvents"}
CONSUME: Final = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}
INSPECT: Final = {"cloudwatch:GetMetricData", "sqs:GetQueueAttributes"}
REDRIVE: Final = {
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
}
FAIL: Final = {"states:SendTaskFailure"}
ANSWER: Final = FAIL | {"states:SendTaskSuccess"}
READERS: Final = (
    "check_health",
    "log_out",
    "get_me",
    "export_me",
    "list_tracks",
    "get_track",
    "list_assessments",
    "get_assessment",
    "get_next_question",
    "save_responses",
    "decide_ai_scoring",
    "answer_question",
    "get_status",
    "get_result",
    "list_cohort",
    "get_student_history",
    "list_reviews",
    "lease_review",
    "confirm_score",
    "get_profile",
    "get_recommendations",
    "get_feedback_dashboard",
    "get_accommodations",
    "set_accommodations",
    "remove_accommodations",
    "list_users",
    "set_user_role",
    "list_audit_logs",
    "verify_audit_logs",
    "list_credentials",
    "create_credential",
    "get_credential",
    "update_credential",
    "deactivate_credential",
    "list_credential_versions",
    "restore_credential",
    "list_questions",
    "create_question",
    "get_question",
    "update_question",
    "deactivate_question",
    "list_question_versions",
    "restore_question",
    "get_index",
    "serve_tracks",
    "transfer_content",
    "start_rescore",
    "get_rescore",
    "apply_fallback",
    "apply_retention",
    "migrate_database",
    "create_user",
)
WORKERS: Final = ("score_essay", "retrieve_credentials", "fuse_results")

EXPECTED: Final = {
    **dict.fromkeys(READERS, DATABASE),
    "retry_assessment": DATABASE | START,
    "redrive_queue": DATABASE | REDRIVE,
    **dict.fromkeys(WORKERS, DATABASE | READ_SECRET | ITEMS | CONSUME | ANSWER),
    "serve_docs": set(),
    "get_usage": DATABASE,
    "get_trends": DATABASE,
    "snapshot_metrics": DATABASE,
    "get_operations": DATABASE | INSPECT,
    "get_jwks": READ_SECRET,
    "serve_webhooks": DATABASE | READ_SECRET,
    "serve_deliveries": DATABASE | START,
    "fan_out_event": DATABASE | START | CONSUME,
    "send_delivery": DATABASE | START | READ_SECRET,
    "authorize_request": DATABASE | READ_SECRET,
    "start_assessment": DATABASE | READ_SECRET,
    "register_user": DATABASE | ITEMS,
    "log_in": DATABASE | READ_SECRET | ITEMS,
    "refresh_session": DATABASE | READ_SECRET | ITEMS,
    "change_me": DATABASE | ITEMS,
    "erase_me": DATABASE | READ_SECRET | ITEMS | TELL,
    "erase_user": DATABASE | READ_SECRET | TELL,
    "submit_assessment": DATABASE | START | TELL,
    "complete_assessment": DATABASE | START | TELL,
    "give_feedback": DATABASE | TELL | ITEMS,
    "override_score": DATABASE | TELL,
    "give_verdict": DATABASE | TELL,
    "finish_assessment": DATABASE | TELL,
    "fail_assessment": DATABASE | TELL,
    "run_rescores": DATABASE | READ_SECRET | ITEMS | TELL,
    "reconcile": DATABASE | START | TELL | DESCRIBE,
    "fail_task": CONSUME | FAIL,
    "load_seeds": DATABASE | READ_SECRET | ITEMS | START | DESCRIBE,
    "rebuild_index": DATABASE | START | DESCRIBE,
    "advance_rebuild": DATABASE | READ_SECRET | ITEMS,
}


def test_every_function_is_considered(production: Synthesized) -> None:
    assert production.functions.keys() == EXPECTED.keys()


@pytest.mark.parametrize("module", EXPECTED)
def test_a_function_may_do_this_and_nothing_else(production: Synthesized, module: str) -> None:
    assert production.actions(module) == EXPECTED[module]


@pytest.mark.parametrize("module", EXPECTED)
def test_it_may_do_the_same_locally(local: Synthesized, module: str) -> None:
    assert local.actions(module) == EXPECTED[module] - DATABASE


def test_only_actions_without_resources_are_allowed_on_all(production: Synthesized) -> None:
    on_all = {
        allowed.action
        for module in production.functions
        for allowed in production.allowed(module)
        if allowed.resource == "*"
    }
    tracing = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
    assert on_all == ANSWER | tracing | {"cloudwatch:GetMetricData"}


def test_the_dashboard_counts_the_messages_of_all_queues_and_reads_none(
    production: Synthesized,
) -> None:
    counted = {
        json.loads(a.resource)["Fn::GetAtt"][0]
        for a in production.allowed("get_operations")
        if a.action == "sqs:GetQueueAttributes"
    }

    assert counted == production.application.of_type("SQS::Queue").keys()
    assert len(counted) == 8


def test_a_redrive_takes_from_dead_letters_and_gives_to_queues_alone(
    production: Synthesized,
) -> None:
    def queues(action: str) -> set[str]:
        allowed = production.allowed("redrive_queue")
        return {json.loads(a.resource)["Fn::GetAtt"][0] for a in allowed if a.action == action}

    taken, given = queues("sqs:ReceiveMessage"), queues("sqs:SendMessage")
    assert (len(taken), len(given)) == (4, 4)
    assert all("DeadLetters" in name for name in taken)
    assert not any("DeadLetters" in name for name in given)
    assert queues("sqs:DeleteMessage") == taken


@pytest.mark.parametrize(
    ("module", "secret"),
    [
        ("log_in", "SigningKey"),
        ("authorize_request", "SigningKey"),
        ("score_essay", "OpenAiKey"),
        ("run_rescores", "OpenAiKey"),
        ("load_seeds", "OpenAiKey"),
        ("serve_webhooks", "WebhookKey"),
        ("send_delivery", "WebhookKey"),
    ],
)
def test_a_function_reads_its_own_secret(production: Synthesized, module: str, secret: str) -> None:
    read = {a.resource for a in production.allowed(module) if a.action in READ_SECRET}

    assert len(read) == 1
    assert secret in read.pop()


@pytest.mark.parametrize(
    ("module", "queue"),
    [
        ("score_essay", "ScoringQueue"),
        ("retrieve_credentials", "RetrievalQueue"),
        ("fuse_results", "FusionQueue"),
    ],
)
def test_a_worker_touches_its_own_queue(production: Synthesized, module: str, queue: str) -> None:
    touched = {a.resource for a in production.allowed(module) if a.action in CONSUME}

    assert len(touched) == 1
    assert queue in touched.pop()


def test_the_state_machine_invokes_its_three_functions_and_sends_to_three_queues(
    production: Synthesized,
) -> None:
    sent_to = {
        resource["Fn::GetAtt"][0]
        for statement in production.statements_of("assessment-pipeline")
        if statement["Action"] == "sqs:SendMessage"
        for resource in statement["Resource"]
    }
    invoked = production.invoked_by("assessment-pipeline")
    assert invoked == {"apply_fallback", "finish_assessment", "fail_assessment"}
    assert len(sent_to) == 3


def test_the_rebuild_of_the_index_invokes_its_one_function(each_stage: Synthesized) -> None:
    assert each_stage.invoked_by("index-rebuild") == {"advance_rebuild"}


@pytest.mark.parametrize(
    ("module", "machine"),
    [
        ("submit_assessment", "Pipeline"),
        ("complete_assessment", "Pipeline"),
        ("reconcile", "Pipeline"),
        ("rebuild_index", "IndexRebuild"),
        ("load_seeds", "IndexRebuild"),
    ],
)
def test_a_function_starts_its_own_state_machine(
    production: Synthesized, module: str, machine: str
) -> None:
    started = {
        a.resource
        for a in production.allowed(module)
        if a.action in START and "webhook-delivery" not in a.resource
    }

    assert len(started) == 1
    assert f'"{machine}StateMachine' in started.pop()
