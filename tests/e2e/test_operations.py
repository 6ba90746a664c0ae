"""What operators and integrators rely on: health, documents, and permissions that are enforced."""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from shared.version import VERSION
from tests.e2e.driver import Client
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually

OPENAPI: Final = Path(__file__).parents[2] / "docs" / "openapi.json"
FETCHED: Final = re.compile(r"""<(?:script|link|img)[^>]+(?:src|href)=["'](?!data:)""")

PROBE: Final = '''
import boto3
from botocore.exceptions import ClientError


def lambda_handler(event, _):
    """Make each call with this function's role and tell how it ended."""
    ended = {}
    for name, (service, operation, arguments) in event.items():
        try:
            getattr(boto3.client(service), operation)(**arguments)
            ended[name] = "allowed"
        except ClientError as error:
            ended[name] = error.response["Error"]["Code"]
    return ended
'''


def test_it_is_up(nobody: Client) -> None:
    assert nobody.get("/health").expect(200) == {"status": "ok", "version": VERSION}


def test_the_openapi_document_is_the_one_in_the_repository(nobody: Client) -> None:
    assert nobody.get("/openapi.json").expect(200) == json.loads(OPENAPI.read_text())


def test_the_docs_page_works_offline(nobody: Client) -> None:
    page = nobody.get("/docs")

    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "SwaggerUIBundle" in page.text
    assert "/api/v1/assessments/{assessmentId}/submit" in page.text
    assert not FETCHED.search(page.text), "it fetches something"


def test_a_browser_may_call_from_another_origin(nobody: Client) -> None:
    preflight = nobody.send(
        "OPTIONS",
        "/assessments/start",
        None,
        content_type=None,
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
        },
    )

    assert preflight.status in {200, 204}, preflight.text
    assert preflight.headers["access-control-allow-origin"] in {"*", "http://localhost:3000"}


@pytest.fixture
def probe(operator: Operator) -> Iterator[str]:
    """A function with the role of `submit_assessment`; yields its name."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("probe.py", PROBE)
    functions, name = operator.client("lambda"), f"e2e-probe-{uuid4().hex}"
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="probe.lambda_handler",
        Role=operator.role_of("submit_assessment"),
        Code={"ZipFile": code.getvalue()},
        Timeout=30,
    )
    try:
        eventually(
            lambda: functions.get_function_configuration(FunctionName=name)["State"] == "Active",
            at_most=20,
            what="active probe",
        )
        yield name
    finally:
        functions.delete_function(FunctionName=name)


def test_a_function_may_do_what_it_needs_and_nothing_else(operator: Operator, probe: str) -> None:
    app, data = (operator.outputs.stacks[f"assay-local-{name}"] for name in ("app", "data"))
    machine, queue = app["StateMachineArn"], app["ScoringQueueUrl"]
    execution = machine.replace(":stateMachine:", ":execution:") + ":none"
    event = {"EventBusName": app["EventBusName"], "Source": "e2e", "DetailType": "e2e"}
    calls: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
        "put events": ("events", "put_events", {"Entries": [event | {"Detail": "{}"}]}),
        "read the signing key": (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": data["SigningSecretArn"]},
        ),
        "read the model's key": (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": data["OpenAiSecretArn"]},
        ),
        "put a task on the queue": (
            "sqs",
            "send_message",
            {"QueueUrl": queue, "MessageBody": "{}"},
        ),
        "read the transient table": (
            "dynamodb",
            "get_item",
            {"TableName": data["TransientTable"], "Key": {"id": {"S": "x"}}},
        ),
        "stop an execution": ("stepfunctions", "stop_execution", {"executionArn": execution}),
        "answer a task": (
            "stepfunctions",
            "send_task_success",
            {"taskToken": "x" * 40, "output": "{}"},
        ),
        "call another function": (
            "lambda",
            "invoke",
            {"FunctionName": operator.outputs.functions["create_user"]},
        ),
        "change itself": ("lambda", "get_function", {"FunctionName": probe}),
    }

    reply = operator.client("lambda").invoke(FunctionName=probe, Payload=json.dumps(calls).encode())
    ended = json.loads(reply["Payload"].read())

    assert ended.pop("put events") == "allowed"
    assert all("AccessDenied" in code for code in ended.values()), ended
    assert len(ended) == len(calls) - 1


def test_migrating_and_seeding_again_changes_nothing(operator: Operator) -> None:
    first = operator.invoke("migrate_database", {})
    loaded = operator.invoke("load_seeds", {})

    assert operator.invoke("migrate_database", {}) == first
    for kind in ("tracks", "questions", "credentials"):
        assert set(loaded[kind]) == {"unchanged"}
    assert loaded["embedded"] == 0


def test_an_operator_is_told_what_is_wrong_with_a_user(operator: Operator) -> None:
    person = {"email": f"{uuid4().hex}@example.com", "password": "long enough for it", "name": "N"}

    refused = operator.invoke("create_user", person | {"role": "emperor"})

    assert refused["error"] == "invalid_input"
    assert "role" in refused["detail"]
    assert operator.invoke("create_user", person | {"role": "advisor"})["role"] == "advisor"
    again = operator.invoke("create_user", person | {"role": "advisor"})
    assert again["error"] == "email_taken"
