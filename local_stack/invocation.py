"""Run a deployed function and read what it answered and what it logged."""

import base64
import json
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from local_stack.aws_errors import told
from local_stack.deployment import Deployment
from local_stack.errors import LocalStackError


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    result: object
    failed: bool
    log: str
    """The last 4 kB that the function logged."""


def invoke(deployment: Deployment, module: str, event: object) -> Invocation:
    """Call the function behind `functions/<module>.py` and wait for it."""
    name = deployment.function(module)
    try:
        reply = deployment.client("lambda").invoke(
            FunctionName=name, LogType="Tail", Payload=json.dumps(event).encode()
        )
        payload = reply["Payload"].read()
    except (BotoCoreError, ClientError) as error:
        explained = told(error)
        raise LocalStackError(
            f"The function {module} could not be called. {explained.problem}", explained.remedy
        ) from error
    return Invocation(
        result=json.loads(payload) if payload else None,
        failed="FunctionError" in reply,
        log=base64.b64decode(reply.get("LogResult", "")).decode(errors="replace").strip(),
    )


def invoke_or_fail(deployment: Deployment, module: str, event: object) -> object:
    """The same, for functions whose failure ends the command."""
    invocation = invoke(deployment, module, event)
    result = invocation.result
    if invocation.failed:
        message = result.get("errorMessage") if isinstance(result, dict) else result
        raise LocalStackError(
            f"The function {module} failed: {str(message).rstrip('.')}.",
            f"What it logged: assay logs {module}.",
        )
    if isinstance(result, dict) and "error" in result:
        # What the person at the terminal can mend themselves, such as a fault in the seeds.
        faults = [result.get("detail") or result["error"], *result.get("faults", ())]
        said = "\n".join(str(fault).rstrip(".") for fault in faults)
        raise LocalStackError(f"{module} refused: {said}.", "Correct it and try again.")
    return result
