"""Signing keys from the versions of a secret."""

from typing import TYPE_CHECKING, Final

from shared.adapters.jwt_tokens import SigningKey

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

STAGES: Final = ("AWSCURRENT", "AWSPREVIOUS")


def read_signing_keys(client: "SecretsManagerClient", secret_arn: str) -> list[SigningKey]:
    """Return the current key first, then the previous one if the secret was ever rotated."""
    return [SigningKey.from_seed(value) for value in read_versions(client, secret_arn)]


def read_versions(client: "SecretsManagerClient", secret_arn: str) -> list[str]:
    """Return the secret's current string, then the previous one if it was ever rotated."""
    values: list[str] = []
    for stage in STAGES:
        try:
            value = client.get_secret_value(SecretId=secret_arn, VersionStage=stage)
        except client.exceptions.ResourceNotFoundException:
            continue
        values.append(value["SecretString"])
    if not values:
        raise LookupError("the signing secret has no value")
    return values
