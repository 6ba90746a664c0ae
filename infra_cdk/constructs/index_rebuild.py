"""The state machine that rebuilds the embedding index.

Input: `{"rebuildId", "run"}`. How far a rebuild is stands in the database, so that an execution
that ends early loses nothing: the next one does what is left.
"""

from typing import Any, Final

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra_cdk.constructs.assessment_pipeline import (
    acknowledge_executions,
    acknowledge_machine,
    logs_of,
)
from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.jsii_types import implements
from infra_cdk.stage import Stage
from shared.settings import IndexRebuildSettings

ANY_ERROR: Final = ["States.ALL"]
PERMANENT: Final = ["EngineRefusedError", "RebuildSupersededError"]
"""What another try would answer in the same way; Lambda names errors after their class."""
IDS: Final = {
    "rebuildId": "{% $states.input.rebuildId %}",
    "run": "{% $states.input.run %}",
}
WITH_PROGRESS: Final = "{% $merge([$states.input, {'progress': $states.result.Payload}]) %}"
WITH_FAILURE: Final = "{% $merge([$states.input, {'failure': $states.errorOutput}]) %}"
IS_DONE: Final = "{% $states.input.progress.done %}"
HAS_TO_WAIT: Final = "{% $states.input.progress.waitSeconds > 0 %}"
ERROR: Final = "{% $states.input.failure.Error %}"
# Step Functions leaves the cause out where it has none.
CAUSE: Final = "{% $exists($states.input.failure.Cause) ? $states.input.failure.Cause : '' %}"
LONGEST: Final = Duration.hours(12)
"""100,000 credentials take about half an hour with the embedded model."""
LOCAL_SEARCH_SECONDS: Final = 3
"""A search takes milliseconds on one machine, where models are changed all the time."""
ATTEMPTS: Final = 6
LOCAL_ATTEMPTS: Final = 2


class IndexRebuild(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage, advance: PythonFunction) -> None:
        super().__init__(scope, id)
        self._stage: Final = stage
        self._advance: Final = advance
        self._failed: Final = self._step("Record failure", "fail", error=ERROR, cause=CAUSE)
        self._failed.next(sfn.Fail.jsonata(self, "Failed", error=ERROR, cause=CAUSE))

        finish = self._caught(self._step("Finish", "finish"))
        finish.next(sfn.Succeed.jsonata(self, "Rebuilt"))
        switch = self._caught(self._step("Switch to the new set", "switch"))
        embed = self._caught(self._step("Embed a batch", "embed"))
        self._repeat(embed, "All embedded?", until_done=switch)
        # What was published since is embedded first.
        self._repeat(switch, "Switched?", again=embed, until_done=self._clear("old set", finish))
        machine = sfn.StateMachine(
            self,
            "StateMachine",
            state_machine_name=stage.physical_name("index-rebuild"),
            definition_body=sfn.DefinitionBody.from_chainable(
                sfn.Chain.start(self._clear("leftovers", embed))
            ),
            timeout=LONGEST,
            tracing_enabled=True,
            logs=logs_of(self, stage.physical_name("index-rebuild"), level=sfn.LogLevel.ALL),
        )
        self.state_machine: Final = machine
        acknowledge_machine(machine, advance)

    def let_start(self, function: PythonFunction) -> None:
        """Permit starting a rebuild, and seeing whether one that says so is still running."""
        arn = self.state_machine.state_machine_arn
        function.configure(IndexRebuildSettings, rebuild_machine_arn=arn)
        self.state_machine.grant_start_execution(function.function)
        self.state_machine.grant_execution(function.function, "states:DescribeExecution")
        acknowledge_executions(function, self.state_machine)

    def _clear(self, what: str, following: tasks.LambdaInvoke) -> tasks.LambdaInvoke:
        # A search that began before a switch ends with its function at the latest.
        worker = self._stage.timings.worker.to_seconds()
        within = LOCAL_SEARCH_SECONDS if self._stage.is_local else worker
        clear = self._caught(self._step(f"Clear {what}", "clear", searchesEndWithinSeconds=within))
        wait = sfn.Wait.jsonata(
            self,
            f"Wait for searches of {what}",
            time=sfn.WaitTime.seconds("{% $states.input.progress.waitSeconds %}"),
        )
        wait.next(clear)
        self._repeat(clear, f"All {what} cleared?", until_done=following, wait=wait)
        return clear

    def _repeat(
        self,
        step: tasks.LambdaInvoke,
        question: str,
        *,
        until_done: tasks.LambdaInvoke,
        again: tasks.LambdaInvoke | None = None,
        wait: sfn.Wait | None = None,
    ) -> None:
        choice = sfn.Choice.jsonata(self, question)
        choice.when(sfn.Condition.jsonata(IS_DONE), implements(sfn.IChainable, until_done))
        if wait:
            choice.when(sfn.Condition.jsonata(HAS_TO_WAIT), implements(sfn.IChainable, wait))
        choice.otherwise(implements(sfn.IChainable, again or step))
        step.next(implements(sfn.IChainable, choice))

    def _caught(self, state: tasks.LambdaInvoke) -> tasks.LambdaInvoke:
        state.add_catch(self._failed, errors=ANY_ERROR, outputs=WITH_FAILURE)
        return state

    def _step(self, name: str, step: str, **more: Any) -> tasks.LambdaInvoke:
        """Do the step, and again for half a minute: as long as a database fails over."""
        state = tasks.LambdaInvoke.jsonata(
            self,
            name,
            lambda_function=self._advance.function,
            payload=sfn.TaskInput.from_object({**IDS, "step": step, **more}),
            retry_on_service_exceptions=False,
            outputs=WITH_PROGRESS,
        )
        state.add_retry(errors=PERMANENT, max_attempts=0)
        state.add_retry(
            errors=ANY_ERROR,
            interval=Duration.seconds(1),
            backoff_rate=2,
            max_attempts=LOCAL_ATTEMPTS if self._stage.is_local else ATTEMPTS,
            jitter_strategy=sfn.JitterType.FULL,
        )
        return state
