"""Where a command works, and what is said where it cannot."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from moto import mock_aws

from local_stack.aws_errors import told
from local_stack.errors import LocalStackError
from local_stack.where import Where
from tests.operating import write_outputs

REGION: Final = "eu-west-1"


@pytest.fixture(autouse=True)
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An account with nothing in it, and a profile `ops` for it."""
    config = tmp_path / "config"
    keys = "aws_access_key_id = a\naws_secret_access_key = b\n"
    config.write_text(f"[profile ops]\nregion = {REGION}\n{keys}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with mock_aws():
        yield


def deploy(stage: str, **outputs: str) -> None:
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    cloudformation: Any = boto3.client("cloudformation", region_name=REGION)
    cloudformation.create_stack(StackName=f"assay-{stage}-app", TemplateBody=json.dumps(template))


def test_the_local_stack_is_the_default(tmp_path: Path) -> None:
    write_outputs(tmp_path)

    assert Where().api_url() == "http://localhost:1/base"
    assert Where().deployment().endpoint_url


def test_a_stage_says_its_url_to_cloudformation() -> None:
    deploy("staging", ApiUrl="https://staging.example.org/")
    deploy("production", Other="x", ApiUrl="https://production.example.org")

    assert Where(stage="staging", region=REGION).api_url() == "https://staging.example.org"
    assert Where(stage="production", profile="ops").api_url() == "https://production.example.org"


def test_what_runs_in_aws_is_asked_of_aws_itself() -> None:
    deployment = Where(stage="production", profile="ops").deployment()

    assert (deployment.stage, deployment.endpoint_url) == ("production", None)
    assert deployment.session.profile_name == "ops"
    assert deployment.session.region_name == REGION


@pytest.mark.parametrize(
    ("where", "problem", "remedy"),
    [
        (Where(stage="none", profile="ops"), "no stage 'none' in this account", "--stage"),
        (Where(stage="half", profile="ops"), "has no output ApiUrl", "Deploy it"),
        (Where(stage="x", profile="nobody"), "profile (nobody)", "aws configure list-profiles"),
        (Where(stage="x"), "in which region", "--region"),
        (Where(), "The stack is not up", "make up"),
    ],
)
def test_what_is_not_there_is_named_with_the_remedy(
    where: Where, problem: str, remedy: str
) -> None:
    deploy("half", Other="x")

    with pytest.raises(LocalStackError) as told_so:
        where.api_url()

    assert problem in told_so.value.problem
    assert remedy in told_so.value.remedy


def a_client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "because."}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (a_client_error("ExpiredToken"), "aws sso login"),
        (a_client_error("InvalidClientTokenId"), "aws sso login"),
        (exceptions.NoCredentialsError(), "aws sso login"),
        (exceptions.UnauthorizedSSOTokenError(), "aws sso login"),
        (a_client_error("AccessDenied"), "one that may, by --profile"),
        (exceptions.EndpointConnectionError(endpoint_url="https://x"), "Check the network"),
        (a_client_error("Throttling"), "assay status"),
    ],
)
def test_each_refusal_of_aws_has_a_remedy(error: BotoCoreError | ClientError, remedy: str) -> None:
    explained = told(error)

    assert remedy in explained.remedy
    assert ".." not in explained.problem
