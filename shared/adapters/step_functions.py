"""The pipeline and rebuilds of the index over AWS Step Functions."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.assessment import AssessmentId
from shared.domain.embedding_index import RebuildId
from shared.domain.errors import PipelineUnavailableError
from shared.domain.job import Job, JobKind
from shared.domain.webhook_delivery import DeliveryId

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

GONE: Final = frozenset({"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"})
"""The state that waited with this token has gone on without it."""
MAX_CAUSE: Final = 256


class _Machine:
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, name: str, execution_input: Mapping[str, Any]) -> bool:
        """Start the execution of this name; return False if it was started before."""
        try:
            self._client.start_execution(
                stateMachineArn=self._state_machine_arn,
                name=name,
                input=json.dumps(execution_input),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        except (ClientError, BotoCoreError) as error:
            raise PipelineUnavailableError("the pipeline could not be started") from error
        return True

    def is_running(self, name: str) -> bool:
        machine = self._state_machine_arn.replace(":stateMachine:", ":execution:")
        try:
            execution = self._client.describe_execution(executionArn=f"{machine}:{name}")
        except self._client.exceptions.ExecutionDoesNotExist:
            return False
        except (ClientError, BotoCoreError) as error:
            raise PipelineUnavailableError("the pipeline cannot be reached") from error
        return execution["status"] == "RUNNING"


class StepFunctionsPipeline:
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._machine = _Machine(client, state_machine_arn)

    def start(self, assessment_id: AssessmentId, jobs: Sequence[Job], *, run: int) -> bool:
        by_kind = {kind: [j.id for j in jobs if j.kind is kind] for kind in JobKind}
        execution_input = {
            "assessmentId": assessment_id,
            "essayJobs": by_kind[JobKind.SCORE_ESSAY],
            "retrievalJob": by_kind[JobKind.RETRIEVE_CREDENTIALS][0],
            "fusionJob": by_kind[JobKind.FUSE_RESULTS][0],
        }
        return self._machine.start(_execution_name(assessment_id, run), execution_input)

    def is_running(self, assessment_id: AssessmentId, *, run: int) -> bool:
        return self._machine.is_running(_execution_name(assessment_id, run))


class StepFunctionsRebuildRunner:
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._machine = _Machine(client, state_machine_arn)

    def start(self, rebuild_id: RebuildId, *, run: int) -> None:
        execution_input = {"rebuildId": rebuild_id, "run": run}
        self._machine.start(_execution_name(rebuild_id, run), execution_input)

    def is_running(self, rebuild_id: RebuildId, *, run: int) -> bool:
        return self._machine.is_running(_execution_name(rebuild_id, run))


class StepFunctionsDeliveryRuns:
    """An execution is named after the delivery and the run."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._machine = _Machine(client, state_machine_arn)

    def start(self, delivery_id: DeliveryId, *, run: int) -> None:
        self._machine.start(f"{delivery_id}-{run}", {"deliveryId": delivery_id, "run": run})


class StepFunctionsTasks:
    """Answers to waiting states; workers need no state machine's name for it."""

    def __init__(self, client: "SFNClient") -> None:
        self._client = client

    def complete(self, token: str, output: Mapping[str, Any]) -> None:
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps(output))
        except (ClientError, BotoCoreError) as error:
            _unless_gone(error)

    def fail(self, token: str, *, error: str, cause: str) -> None:
        try:
            self._client.send_task_failure(taskToken=token, error=error, cause=cause[:MAX_CAUSE])
        except (ClientError, BotoCoreError) as problem:
            _unless_gone(problem)


def _unless_gone(error: ClientError | BotoCoreError) -> None:
    if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in GONE:
        return
    raise PipelineUnavailableError("the waiting state could not be told") from error


def _execution_name(subject: str, run: int) -> str:
    return subject if run == 1 else f"{subject}-{run}"
