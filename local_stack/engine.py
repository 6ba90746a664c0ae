"""Hand the model provider's key to the deployment, through its secret and nowhere else."""

from collections.abc import Mapping
from typing import Final

from local_stack.deployment import Deployment
from local_stack.errors import LocalStackError
from local_stack.settings import Settings

KEY_OUTPUT: Final = "OpenAiSecretArn"
"""The CDK app's output that names the secret."""


def check_engine(settings: Settings) -> None:
    if settings.engine == "openai" and not settings.openai_api_key:
        raise LocalStackError(
            "ASSAY_ENGINE is openai, but OPENAI_API_KEY is not set.",
            "Set it, or leave ASSAY_ENGINE out to use the built-in engine.",
        )


def store_key(
    deployment: Deployment, settings: Settings, cdk_outputs: Mapping[str, Mapping[str, str]]
) -> None:
    """Put the key where the deployed functions read it."""
    if settings.engine != "openai":
        return
    arns = [stack[KEY_OUTPUT] for stack in cdk_outputs.values() if KEY_OUTPUT in stack]
    if not arns:
        raise LocalStackError(
            "The deployment names no secret for the OpenAI key.",
            f"The CDK app is expected to have an output {KEY_OUTPUT}.",
        )
    deployment.client("secretsmanager").put_secret_value(
        SecretId=arns[0], SecretString=settings.openai_api_key
    )
