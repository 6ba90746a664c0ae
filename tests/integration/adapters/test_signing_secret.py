from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from shared.adapters.jwt_tokens import JwtTokenIssuer, SigningKey
from shared.adapters.signing_secret import read_signing_keys
from shared.domain.user import Role
from tests.builders import NOON, a_session

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@pytest.fixture
def client() -> "SecretsManagerClient":
    return boto3.client("secretsmanager")


@pytest.fixture
def arn(client: "SecretsManagerClient") -> str:
    return client.create_secret(Name="signing", SecretString="first")["ARN"]


def ids(keys: list[SigningKey]) -> list[str]:
    return [key.id for key in keys]


def test_a_secret_never_rotated_is_one_key(client: "SecretsManagerClient", arn: str) -> None:
    assert ids(read_signing_keys(client, arn)) == [SigningKey.from_seed("first").id]


def test_after_a_rotation_the_new_key_comes_first(client: "SecretsManagerClient", arn: str) -> None:
    client.put_secret_value(SecretId=arn, SecretString="second")

    assert ids(read_signing_keys(client, arn)) == [
        SigningKey.from_seed("second").id,
        SigningKey.from_seed("first").id,
    ]


def test_after_another_the_first_key_is_gone(client: "SecretsManagerClient", arn: str) -> None:
    for value in ("second", "third"):
        client.put_secret_value(SecretId=arn, SecretString=value)

    assert ids(read_signing_keys(client, arn)) == [
        SigningKey.from_seed("third").id,
        SigningKey.from_seed("second").id,
    ]


def test_a_token_outlives_one_rotation_of_its_key(client: "SecretsManagerClient", arn: str) -> None:
    before = JwtTokenIssuer(read_signing_keys(client, arn), issuer="assay")
    token, _ = before.access(a_session(user_id="usr_1"), Role.STUDENT, now=NOON)
    client.put_secret_value(SecretId=arn, SecretString="second")

    after = JwtTokenIssuer(read_signing_keys(client, arn), issuer="assay")

    assert after.read_bearer(token, now=NOON).user_id == "usr_1"


def test_a_secret_without_a_value_is_noticed(client: "SecretsManagerClient") -> None:
    arn = client.create_secret(Name="empty")["ARN"]

    with pytest.raises(LookupError, match="no value"):
        read_signing_keys(client, arn)


def test_a_secret_that_may_not_be_read_is_not_taken_for_an_empty_one(
    client: "SecretsManagerClient",
) -> None:
    with Stubber(client) as stub, pytest.raises(ClientError, match="AccessDenied"):
        stub.add_client_error("get_secret_value", "AccessDeniedException")
        read_signing_keys(client, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:signing")
