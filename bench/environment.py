"""The variables that the CDK app sets on functions, for all of them at once."""

import os
from typing import Final

from local_stack.settings import REGION

POWERTOOLS: Final = {
    "POWERTOOLS_SERVICE_NAME": "assay",
    "POWERTOOLS_METRICS_NAMESPACE": "Assay",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}
QUEUE_URL: Final = f"https://sqs.{REGION}.amazonaws.com/000000000000/tasks"


def configure(database_url: str) -> None:
    """Set them in this process, whatever its environment said before."""
    os.environ.update(function_environment(database_url))


def function_environment(database_url: str) -> dict[str, str]:
    return {
        **POWERTOOLS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "DATABASE_URL": database_url,
        "DATABASE_AUTH": "none",
        "TRANSIENT_TABLE": "transient",
        "SIGNING_SECRET_ARN": f"arn:aws:secretsmanager:{REGION}:000000000000:secret:signing",
        "TOKEN_ISSUER": "assay",
        "STATE_MACHINE_ARN": f"arn:aws:states:{REGION}:000000000000:stateMachine:pipeline",
        "TASK_QUEUE_URL": QUEUE_URL,
        "LEASE_SECONDS": "60",
        "EVENT_BUS_NAME": "assay",
        "ENGINE": "offline",
        "OPENAI_SECRET_ARN": f"arn:aws:secretsmanager:{REGION}:000000000000:secret:openai",
        "OPENAI_BASE_URL": "http://localhost:1/v1",
        "OPENAI_MODEL": "none",
        "OPENAI_EMBEDDING_MODEL": "none",
        "MODEL_TIMEOUT_SECONDS": "3",
        "MONTHLY_TOKEN_BUDGET": "0",
    }
