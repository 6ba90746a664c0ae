"""Read from the emulator what was deployed, for `.local/outputs.json`."""

import json
from pathlib import Path

from local_stack.deployment import Deployment
from local_stack.errors import LocalStackError
from local_stack.outputs import Outputs
from local_stack.settings import REGION, Settings


def describe(
    deployment: Deployment, *, settings: Settings, database_url: str, cdk_outputs: Path
) -> Outputs:
    """Where everything is, asked of the services themselves."""
    base = settings.emulator_url
    return Outputs(
        stage=deployment.stage,
        engine=settings.engine,
        api_url=f"{base}/_aws/execute-api/{_http_api(deployment)}",
        database_url=database_url,
        endpoint_url=base,
        region=REGION,
        functions=dict(deployment.functions()),
        queue_urls=_queues(deployment),
        state_machine_arns=_state_machines(deployment),
        stacks=json.loads(cdk_outputs.read_text()) if cdk_outputs.exists() else {},
    )


def _http_api(deployment: Deployment) -> str:
    apis = deployment.client("apigatewayv2").get_apis()["Items"]
    for api in apis:
        if api["ProtocolType"] == "HTTP":
            return str(api["ApiId"])
    raise LocalStackError(
        "The CDK app was deployed, but there is no HTTP API in it.",
        "Look at the deployment's log, .local/logs/deploy.log.",
    )


def _queues(deployment: Deployment) -> dict[str, str]:
    urls = deployment.client("sqs").list_queues().get("QueueUrls", [])
    return {url.rsplit("/", 1)[-1]: url for url in sorted(urls)}


def _state_machines(deployment: Deployment) -> dict[str, str]:
    machines = deployment.client("stepfunctions").list_state_machines()["stateMachines"]
    return {machine["name"]: machine["stateMachineArn"] for machine in machines}
