"""The state machine that takes a submitted assessment to its result.

Input: `{"assessmentId", "essayJobs": [job id], "retrievalJob", "fusionJob"}`. Ids are all that
travels: what a job answers is in the database, so that no answer text is in execution histories.
"""

import json
from collections.abc import Mapping
from typing import Final

from aws_cdk import CfnElement, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct, IConstruct

from infra_cdk.acknowledge import acknowledge
from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.jsii_types import implements
from infra_cdk.stage import Stage
from shared.settings import PipelineSettings

ESSAYS_AT_ONCE: Final = 3
ANY_ERROR: Final = ["States.ALL"]

SAME: Final = "{% $states.input %}"
WITH_FAILURE: Final = "{% $merge([$states.input, {'failure': $states.errorOutput}]) %}"
ASSESSMENT: Final = "{% $states.input.assessmentId %}"
ERROR: Final = "{% $states.input.failure.Error %}"
# Step Functions leaves the cause out where it has none, a time-out for one.
CAUSE: Final = "{% $exists($states.input.failure.Cause) ? $states.input.failure.Cause : '' %}"

ATTEMPTS: Final = 6
LOCAL_ATTEMPTS: Final = 2


class AssessmentPipeline(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        scoring: sqs.Queue,
        retrieval: sqs.Queue,
        fusion: sqs.Queue,
        apply_fallback: PythonFunction,
        finish: PythonFunction,
        fail: PythonFunction,
    ) -> None:
        super().__init__(scope, id)
        self._stage: Final = stage
        self._apply_fallback: Final = apply_fallback
        self._failed: Final = self._record_failure(fail)
        start = self._score_essays(scoring)
        finished = self._invoke("Finish assessment", finish, {"assessmentId": ASSESSMENT})
        self._catch(finished)
        steps = (
            start.next(self._job("Retrieve credentials", retrieval, "retrievalJob"))
            .next(self._job("Fuse results", fusion, "fusionJob"))
            .next(finished)
        )
        self.state_machine: Final = sfn.StateMachine(
            self,
            "StateMachine",
            state_machine_name=stage.physical_name("assessment-pipeline"),
            definition_body=sfn.DefinitionBody.from_chainable(steps),
            timeout=stage.timings.execution,
            tracing_enabled=True,
            logs=logs_of(self, stage.physical_name("pipeline"), level=sfn.LogLevel.ALL),
        )

        acknowledge_machine(self.state_machine, apply_fallback, finish, fail)

    def let_start(self, function: PythonFunction) -> None:
        arn = self.state_machine.state_machine_arn
        function.configure(PipelineSettings, state_machine_arn=arn)
        self.state_machine.grant_start_execution(function.function)

    def let_inspect(self, function: PythonFunction) -> None:
        self.state_machine.grant_execution(function.function, "states:DescribeExecution")
        acknowledge_executions(function, self.state_machine)

    def _score_essays(self, queue: sqs.Queue) -> sfn.Map:
        essays = sfn.Map.jsonata(
            self,
            "Score essays",
            max_concurrency=ESSAYS_AT_ONCE,
            items=sfn.ProvideItems.jsonata("{% $states.input.essayJobs %}"),
            item_selector={
                "assessmentId": ASSESSMENT,
                "jobId": "{% $states.context.Map.Item.Value %}",
            },
            outputs=SAME,
        )
        # Inside a Map nothing outside can be gone to: what fails there fails the Map.
        essays.item_processor(self._job("Score essay", queue, "jobId", in_map=True))
        essays.add_catch(self._failed, errors=ANY_ERROR, outputs=WITH_FAILURE)
        return essays

    def _job(self, name: str, queue: sqs.Queue, job: str, *, in_map: bool = False) -> sfn.Chain:
        """Hand the job to a worker and wait for its word; whatever goes wrong, fall back."""
        ids = {"assessmentId": ASSESSMENT, "jobId": f"{{% $states.input.{job} %}}"}
        wait = tasks.SqsSendMessage.jsonata(
            self,
            name,
            queue=queue,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            message_body=sfn.TaskInput.from_object(
                {**ids, "taskToken": "{% $states.context.Task.Token %}"}
            ),
            task_timeout=sfn.Timeout.duration(self._stage.timings.task),
            outputs=SAME,
        )
        fallback = self._invoke(
            f"{name}: fall back", self._apply_fallback, {**ids, "error": ERROR, "cause": CAUSE}
        )
        wait.add_catch(fallback, errors=ANY_ERROR, outputs=WITH_FAILURE)
        if not in_map:
            self._catch(fallback)
        return sfn.Chain.custom(
            wait, [implements(sfn.INextable, wait), implements(sfn.INextable, fallback)], wait
        )

    def _record_failure(self, fail: PythonFunction) -> tasks.LambdaInvoke:
        ids = {"assessmentId": ASSESSMENT, "error": ERROR, "cause": CAUSE}
        recorded = self._invoke("Record failure", fail, ids)
        recorded.next(sfn.Fail.jsonata(self, "Failed", error=ERROR, cause=CAUSE))
        return recorded

    def _catch(self, state: tasks.LambdaInvoke) -> None:
        state.add_catch(self._failed, errors=ANY_ERROR, outputs=WITH_FAILURE)

    def _invoke(
        self, name: str, function: PythonFunction, payload: Mapping[str, str]
    ) -> tasks.LambdaInvoke:
        """Call the function, and again for half a minute: as long as a database fails over."""
        state = tasks.LambdaInvoke.jsonata(
            self,
            name,
            lambda_function=function.function,
            payload=sfn.TaskInput.from_object(dict(payload)),
            retry_on_service_exceptions=False,
            outputs=SAME,
        )
        state.add_retry(
            errors=ANY_ERROR,
            interval=Duration.seconds(1),
            backoff_rate=2,
            max_attempts=LOCAL_ATTEMPTS if self._stage.is_local else ATTEMPTS,
            jitter_strategy=sfn.JitterType.FULL,
        )
        return state


def let_answer_tasks(function: PythonFunction, *actions: str) -> None:
    """Permit telling the state machine how a task ended.

    IAM knows no resource for these actions, so `grant_task_response`, which names the machine,
    would grant nothing: who holds a task's token may answer it.
    """
    function.function.add_to_role_policy(
        iam.PolicyStatement(actions=[f"states:{action}" for action in actions], resources=["*"])
    )


def logs_of(scope: Construct, name: str, *, level: sfn.LogLevel) -> sfn.LogOptions:
    """Log executions without what they are given: ids are enough to look it up."""
    return sfn.LogOptions(
        destination=logs.LogGroup(
            scope,
            "Logs",
            # What has this prefix does not count towards the log resource policy's size.
            log_group_name=f"/aws/vendedlogs/states/{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        ),
        level=level,
        include_execution_data=False,
    )


def acknowledge_machine(machine: sfn.StateMachine, *invoked: PythonFunction) -> None:
    """Say why the machine's role has wildcards."""
    versions = {
        f"IAM5[Resource::<{logical_id(f.function)}.Arn>:*]": "Any version of one function."
        for f in invoked
    }
    unnamed = {"IAM5[Resource::*]": "Log delivery and X-Ray have no resource to name."}
    acknowledge(machine, versions | unnamed)


def acknowledge_executions(function: PythonFunction, machine: sfn.StateMachine) -> None:
    """Say why the function may look at every execution of the machine."""
    parts = {"Fn::Split": [":", {"Ref": logical_id(machine)}]}
    name = json.dumps({"Fn::Select": [6, parts]}, separators=(",", ":"))
    executions = f"arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{name}:*"
    reason = "An execution is named after what it is for, so all of this machine's are meant."
    acknowledge(function, {f"IAM5[Resource::{executions}]": reason})


def logical_id(resource: IConstruct) -> str:
    element = resource.node.default_child
    if not isinstance(element, CfnElement):
        raise TypeError(f"{resource.node.path} has no element of its own")
    return Stack.of(resource).get_logical_id(element)
