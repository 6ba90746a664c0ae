"""AWS clients that answer at once, in place of boto3's.

The adapters over them are the real ones, so that what a function does before and after a call to
AWS is measured, and the call itself is not.
"""

from collections.abc import Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import boto3

SIGNING_SEED: Final = "the benchmark signs with this"


class _AwsError(Exception):
    """None is ever raised but for a version of the secret that does not exist."""


class StepFunctions:
    exceptions = SimpleNamespace(ExecutionAlreadyExists=_AwsError, ExecutionDoesNotExist=_AwsError)

    def __init__(self) -> None:
        self.last_input = ""

    def start_execution(self, **request: Any) -> dict[str, Any]:
        self.last_input = request["input"]
        return {}

    def send_task_success(self, **_: Any) -> dict[str, Any]:
        return {}


class EventBridge:
    def put_events(self, **request: Any) -> dict[str, Any]:
        return {"Entries": [{"EventId": "accepted"} for _ in request["Entries"]]}


class SecretsManager:
    exceptions = SimpleNamespace(ResourceNotFoundException=_AwsError)

    def get_secret_value(self, **request: Any) -> dict[str, Any]:
        if request["VersionStage"] != "AWSCURRENT":
            raise _AwsError
        return {"SecretString": SIGNING_SEED}


class DynamoDb:
    """Holds nothing: every token bucket is full."""

    def Table(self, _name: str) -> "DynamoDb":  # noqa: N802 - boto3's name
        return self

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def update_item(self, **_: Any) -> dict[str, Any]:
        return {}


@contextmanager
def instant_aws() -> Generator[StepFunctions]:
    """Give the clients to whoever asks boto3 meanwhile; yields that of Step Functions."""
    step_functions = StepFunctions()
    clients = {
        "stepfunctions": step_functions,
        "events": EventBridge(),
        "secretsmanager": SecretsManager(),
        "sqs": SimpleNamespace(),
    }
    with (
        patch.object(boto3, "client", clients.__getitem__),
        patch.object(boto3, "resource", {"dynamodb": DynamoDb()}.__getitem__),
    ):
        yield step_functions
