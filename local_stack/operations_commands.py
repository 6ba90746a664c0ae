"""`assay retry` and `assay redrive`: what admins set going, for the person at the terminal."""

import json
import os
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.table import Table

from local_stack import terminal
from local_stack.database import open_store
from local_stack.deployment import Deployment
from local_stack.errors import LocalStackError
from local_stack.outputs import Outputs
from local_stack.settings import Settings
from local_stack.stack import Stack
from shared.adapters.sqs_dead_letters import SqsDeadLetters
from shared.adapters.sqs_queue_monitor import MonitoredQueue
from shared.adapters.step_functions import StepFunctionsPipeline
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.api.schemas.base import ResponseBody
from shared.api.schemas.operations import RedrivenOut, RetriedOut
from shared.api.urls import status_url
from shared.domain.assessment import AssessmentId
from shared.domain.errors import (
    AssessmentNotFailedError,
    NotFoundError,
    QueuesUnavailableError,
)
from shared.usecases.redrive_queue import redrive_queue
from shared.usecases.retry_assessment import retry_assessment

AsJson = Annotated[bool, Parameter(name="--json", negative="")]


def deployment_and_outputs() -> tuple[Deployment, dict[str, str]]:
    """The running stack, and what its CDK stacks say of themselves."""
    chosen = Settings.read(os.environ)
    stacks = Outputs.read(chosen.outputs).stacks.values()
    return Stack(settings=chosen).deployment, {k: v for stack in stacks for k, v in stack.items()}


def retry(assessment: str, *, as_json: AsJson = False) -> None:
    """Score an assessment again whose scoring failed; what was scored already is kept.

    Args:
        assessment: Its id.
        as_json: Print what is answered over HTTP, for scripts.
    """
    deployment, outputs = deployment_and_outputs()
    client = deployment.client("stepfunctions")
    with open_store() as store:
        try:
            retried = retry_assessment(
                AssessmentId(assessment),
                caller=None,
                idempotency=None,
                store=store,
                pipeline=StepFunctionsPipeline(client, outputs["StateMachineArn"]),
                ids=Uuid7Ids(),
                clock=SystemClock(),
            )
        except NotFoundError:
            raise LocalStackError(
                f"There is no assessment {assessment}.",
                "Its id is in GET /advisor/assessments, and in the log of fail_assessment.",
            ) from None
        except AssessmentNotFailedError as error:
            raise LocalStackError(
                f"Assessment {assessment} cannot be retried.", f"{error}."
            ) from None
    found = retried.assessment_id
    body = RetriedOut(assessment_id=found, status_url=status_url(found))
    if as_json:
        _print_json(body)
    else:
        terminal.out.print(f"Assessment {found} is being scored again.", soft_wrap=True)


def redrive(queue: Literal["scoring", "retrieval", "fusion"], *, as_json: AsJson = False) -> None:
    """Move dead letters back to their queue, 200 at most; each is delivered three times more.

    Args:
        queue: Which one.
        as_json: Print what is answered over HTTP, for scripts.
    """
    deployment, outputs = deployment_and_outputs()
    name = queue.title()
    queues = MonitoredQueue(
        name=queue,
        url=outputs[f"{name}QueueUrl"],
        dead_letter_url=outputs[f"{name}DeadLetterUrl"],
    )
    with open_store() as store:
        try:
            found = redrive_queue(
                queue,
                caller=None,
                idempotency=None,
                store=store,
                dead_letters=SqsDeadLetters([queues], sqs=deployment.client("sqs")),
                ids=Uuid7Ids(),
                clock=SystemClock(),
            ).redriven
        except QueuesUnavailableError:
            raise LocalStackError(
                "The queues do not answer; nothing was moved.", "See what runs: assay status."
            ) from None
    if as_json:
        _print_json(RedrivenOut.of(found))
        return
    table = Table(box=None)
    for heading in ("queue", "moved", "still dead", "in flight"):
        table.add_column(heading)
    left = ("?" if n is None else str(n) for n in (found.waiting, found.in_flight))
    table.add_row(found.queue, str(found.moved), *left)
    terminal.out.print(table)


def _print_json(body: ResponseBody) -> None:
    print(json.dumps(body.model_dump(mode="json", by_alias=True), indent=2))
