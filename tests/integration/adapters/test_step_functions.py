import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from shared.adapters.step_functions import (
    StepFunctionsDeliveryRuns,
    StepFunctionsPipeline,
    StepFunctionsRebuildRunner,
    StepFunctionsTasks,
)
from shared.domain.assessment import AssessmentId
from shared.domain.embedding_index import RebuildId
from shared.domain.errors import PipelineUnavailableError
from shared.domain.job import JobKind
from shared.domain.webhook_delivery import DeliveryId
from tests.builders import a_job

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

ASSESSMENT = AssessmentId("019b7a00-0000-7000-8000-000000000001")
DELIVERY = DeliveryId("019b7a00-0000-7000-8000-000000000002")
REBUILD = RebuildId("019b7a00-0000-7000-8000-000000000002")
JOBS = (
    a_job(id="job_e1", kind=JobKind.SCORE_ESSAY, question_id="q_1"),
    a_job(id="job_r", kind=JobKind.RETRIEVE_CREDENTIALS),
    a_job(id="job_e2", kind=JobKind.SCORE_ESSAY, question_id="q_2"),
    a_job(id="job_f", kind=JobKind.FUSE_RESULTS),
)
NOWHERE = "arn:aws:states:eu-west-1:123456789012:stateMachine:nowhere"


@pytest.fixture
def client() -> "SFNClient":
    return boto3.client("stepfunctions")


@pytest.fixture
def machine(client: "SFNClient") -> str:
    created = client.create_state_machine(
        name="assessments",
        definition=json.dumps({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/pipeline",
    )
    return created["stateMachineArn"]


@pytest.fixture
def pipeline(client: "SFNClient", machine: str) -> StepFunctionsPipeline:
    return StepFunctionsPipeline(client, machine)


def executions(client: "SFNClient", machine: str) -> list[str]:
    found = client.list_executions(stateMachineArn=machine)["executions"]
    return sorted(execution["name"] for execution in found)


def disconnect(client: "SFNClient") -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://states.example")

    client.meta.events.register("before-call.stepfunctions", unreachable)


class TestStarting:
    def test_an_execution_is_named_after_the_assessment_and_gets_ids_alone(
        self, client: "SFNClient", machine: str, pipeline: StepFunctionsPipeline
    ) -> None:
        assert pipeline.start(ASSESSMENT, JOBS, run=1)

        (execution,) = client.list_executions(stateMachineArn=machine)["executions"]
        described = client.describe_execution(executionArn=execution["executionArn"])
        assert execution["name"] == ASSESSMENT
        assert json.loads(described["input"]) == {
            "assessmentId": ASSESSMENT,
            "essayJobs": ["job_e1", "job_e2"],
            "retrievalJob": "job_r",
            "fusionJob": "job_f",
        }

    def test_starting_twice_starts_once(
        self, client: "SFNClient", machine: str, pipeline: StepFunctionsPipeline
    ) -> None:
        pipeline.start(ASSESSMENT, JOBS, run=1)
        pipeline.start(ASSESSMENT, JOBS, run=1)

        assert executions(client, machine) == [ASSESSMENT]

    def test_even_when_the_first_has_ended(
        self, client: "SFNClient", machine: str, pipeline: StepFunctionsPipeline
    ) -> None:
        pipeline.start(ASSESSMENT, JOBS, run=1)
        (execution,) = client.list_executions(stateMachineArn=machine)["executions"]
        client.stop_execution(executionArn=execution["executionArn"])

        assert not pipeline.start(ASSESSMENT, JOBS, run=1)

        assert executions(client, machine) == [ASSESSMENT]

    def test_another_run_is_another_execution(
        self, client: "SFNClient", machine: str, pipeline: StepFunctionsPipeline
    ) -> None:
        pipeline.start(ASSESSMENT, JOBS, run=1)
        pipeline.start(ASSESSMENT, JOBS, run=2)

        assert executions(client, machine) == [ASSESSMENT, f"{ASSESSMENT}-2"]

    def test_without_its_state_machine_it_is_unavailable(self, client: "SFNClient") -> None:
        with pytest.raises(PipelineUnavailableError):
            StepFunctionsPipeline(client, NOWHERE).start(ASSESSMENT, JOBS, run=1)

    @pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
    def test_any_other_refusal_means_unavailable(self, client: "SFNClient", code: str) -> None:
        with Stubber(client) as stub, pytest.raises(PipelineUnavailableError):
            stub.add_client_error("start_execution", code)
            StepFunctionsPipeline(client, NOWHERE).start(ASSESSMENT, JOBS, run=1)

    def test_without_a_network_it_is_unavailable(
        self, client: "SFNClient", pipeline: StepFunctionsPipeline
    ) -> None:
        disconnect(client)

        with pytest.raises(PipelineUnavailableError):
            pipeline.start(ASSESSMENT, JOBS, run=1)


class TestRebuilds:
    def test_an_execution_is_named_after_the_rebuild_and_its_run(
        self, client: "SFNClient", machine: str
    ) -> None:
        runner = StepFunctionsRebuildRunner(client, machine)

        runner.start(REBUILD, run=1)
        runner.start(REBUILD, run=2)
        runner.start(REBUILD, run=2)

        assert executions(client, machine) == [REBUILD, f"{REBUILD}-2"]
        found = client.list_executions(stateMachineArn=machine)["executions"]
        inputs = [client.describe_execution(executionArn=e["executionArn"]) for e in found]
        assert sorted(json.loads(i["input"])["run"] for i in inputs) == [1, 2]
        assert all(json.loads(i["input"])["rebuildId"] == REBUILD for i in inputs)

    def test_a_run_is_running_until_it_ends(self, client: "SFNClient", machine: str) -> None:
        runner = StepFunctionsRebuildRunner(client, machine)
        assert not runner.is_running(REBUILD, run=1)
        runner.start(REBUILD, run=1)
        assert runner.is_running(REBUILD, run=1)

        (execution,) = client.list_executions(stateMachineArn=machine)["executions"]
        client.stop_execution(executionArn=execution["executionArn"])

        assert not runner.is_running(REBUILD, run=1)

    def test_without_its_machine_it_is_unavailable(self, client: "SFNClient") -> None:
        with pytest.raises(PipelineUnavailableError):
            StepFunctionsRebuildRunner(client, NOWHERE).start(REBUILD, run=1)


class TestRunning:
    def test_a_started_run_is_running_until_it_ends(
        self, client: "SFNClient", machine: str, pipeline: StepFunctionsPipeline
    ) -> None:
        pipeline.start(ASSESSMENT, JOBS, run=2)
        assert pipeline.is_running(ASSESSMENT, run=2)

        (execution,) = client.list_executions(stateMachineArn=machine)["executions"]
        client.stop_execution(executionArn=execution["executionArn"])
        assert not pipeline.is_running(ASSESSMENT, run=2)

    def test_one_that_was_never_started_is_not(self, pipeline: StepFunctionsPipeline) -> None:
        pipeline.start(ASSESSMENT, JOBS, run=1)

        assert not pipeline.is_running(ASSESSMENT, run=2)

    def test_what_cannot_be_asked_is_not_guessed(
        self, client: "SFNClient", pipeline: StepFunctionsPipeline
    ) -> None:
        disconnect(client)

        with pytest.raises(PipelineUnavailableError):
            pipeline.is_running(ASSESSMENT, run=1)


class TestDeliveries:
    def test_an_execution_is_named_after_delivery_and_run_and_gets_just_these(
        self, client: "SFNClient", machine: str
    ) -> None:
        StepFunctionsDeliveryRuns(client, machine).start(DELIVERY, run=3)

        (execution,) = client.list_executions(stateMachineArn=machine)["executions"]
        described = client.describe_execution(executionArn=execution["executionArn"])
        assert execution["name"] == f"{DELIVERY}-3"
        assert json.loads(described["input"]) == {"deliveryId": DELIVERY, "run": 3}

    def test_starting_a_run_twice_starts_it_once(self, client: "SFNClient", machine: str) -> None:
        runs = StepFunctionsDeliveryRuns(client, machine)

        runs.start(DELIVERY, run=1)
        runs.start(DELIVERY, run=1)
        runs.start(DELIVERY, run=2)

        assert executions(client, machine) == [f"{DELIVERY}-1", f"{DELIVERY}-2"]

    def test_what_cannot_be_started_is_said(self, client: "SFNClient", machine: str) -> None:
        disconnect(client)

        with pytest.raises(PipelineUnavailableError):
            StepFunctionsDeliveryRuns(client, machine).start(DELIVERY, run=1)


def complete(client: "SFNClient") -> None:
    StepFunctionsTasks(client).complete("token", {"score": 7.3})


def fail(client: "SFNClient") -> None:
    StepFunctionsTasks(client).fail("token", error="timeout", cause="the model is slow")


ANSWERS = pytest.mark.parametrize(
    ("answer", "method"), [(complete, "send_task_success"), (fail, "send_task_failure")]
)
Answer = Callable[["SFNClient"], None]


class TestTasks:
    def test_a_state_is_told_what_its_job_answered(self, client: "SFNClient") -> None:
        with Stubber(client) as stub:
            stub.add_response(
                "send_task_success", {}, {"taskToken": "token", "output": '{"score": 7.3}'}
            )
            complete(client)
            stub.assert_no_pending_responses()

    def test_a_state_is_told_why_its_job_failed(self, client: "SFNClient") -> None:
        expected = {"taskToken": "token", "error": "timeout", "cause": "the model is slow"}
        with Stubber(client) as stub:
            stub.add_response("send_task_failure", {}, expected)
            fail(client)
            stub.assert_no_pending_responses()

    def test_a_cause_is_cut_at_256_characters(self, client: "SFNClient") -> None:
        expected: dict[str, Any] = {"taskToken": "token", "error": "timeout", "cause": "x" * 256}
        with Stubber(client) as stub:
            stub.add_response("send_task_failure", {}, expected)
            StepFunctionsTasks(client).fail("token", error="timeout", cause="x" * 300)
            stub.assert_no_pending_responses()

    @ANSWERS
    @pytest.mark.parametrize("code", ["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"])
    def test_a_state_that_no_longer_waits_is_left_alone(
        self, client: "SFNClient", answer: Answer, method: str, code: str
    ) -> None:
        with Stubber(client) as stub:
            stub.add_client_error(method, code)
            answer(client)
            stub.assert_no_pending_responses()

    @ANSWERS
    @pytest.mark.parametrize(
        "code", ["ThrottlingException", "AccessDeniedException", "InvalidOutput"]
    )
    def test_a_state_that_could_not_be_told_is_a_failure(
        self, client: "SFNClient", answer: Answer, method: str, code: str
    ) -> None:
        with Stubber(client) as stub, pytest.raises(PipelineUnavailableError):
            stub.add_client_error(method, code)
            answer(client)

    @ANSWERS
    def test_so_is_one_that_cannot_be_reached(
        self, client: "SFNClient", answer: Answer, method: str
    ) -> None:
        assert method
        disconnect(client)

        with pytest.raises(PipelineUnavailableError):
            answer(client)
