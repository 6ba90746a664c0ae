"""Fixtures for every suite: AWS credentials that work nowhere, and a Lambda context."""

import os

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from hypothesis import settings

# Set before any test module imports a function: Powertools reads these when it is constructed.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "assay",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}
for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "LAMBDA_TASK_ROOT"):
    os.environ.pop(name, None)

# The same examples on every run, and no verdict by a machine's speed.
settings.register_profile("assay", derandomize=True, deadline=None)
settings.load_profile("assay")


@pytest.fixture
def context() -> LambdaContext:
    context = LambdaContext()
    context._function_name = "test"
    context._memory_limit_in_mb = 512
    context._invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:test"
    context._aws_request_id = "req_1"
    return context
