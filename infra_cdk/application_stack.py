"""What a release replaces: functions, API, queues, pipeline, events, dashboard and alarms."""

from typing import Final

from aws_cdk import CfnOutput, Duration, Stack, StackSynthesizer
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra_cdk.access import Access
from infra_cdk.constructs.alarms import Alarms
from infra_cdk.constructs.assessment_pipeline import AssessmentPipeline, let_answer_tasks
from infra_cdk.constructs.dashboard import Dashboard
from infra_cdk.constructs.event_bus import EventBus
from infra_cdk.constructs.http_api import HttpApi
from infra_cdk.constructs.index_rebuild import IndexRebuild
from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.constructs.task_queue import TaskQueue
from infra_cdk.constructs.webhook_delivery import WebhookDelivery
from infra_cdk.data_stack import DataStack
from infra_cdk.function_builder import FunctionBuilder
from infra_cdk.functions import (
    BACKGROUND_FUNCTIONS,
    HTTP_FUNCTIONS,
    OPERATOR_FUNCTIONS,
    WEBHOOK_FUNCTIONS,
    WORKERS,
    Spec,
)
from infra_cdk.jsii_types import implements
from infra_cdk.stage import Stage

EVERY_MINUTE: Final = Duration.minutes(1)
EVERY_HOUR: Final = Duration.hours(1)
EVERY_DAY: Final = Duration.days(1)
LONGEST_EVENT_AGE: Final = Duration.hours(6)
"""Lambda's own limit for an event that waits."""

QUEUES: Final = {
    "Scoring": "score_essay",
    "Retrieval": "retrieve_credentials",
    "Fusion": "fuse_results",
}
"""Each queue's worker."""


class ApplicationStack(Stack):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        data: DataStack,
        synthesizer: StackSynthesizer,
    ) -> None:
        super().__init__(
            scope,
            id,
            synthesizer=synthesizer,
            description=f"Assay ({stage.stage}): what runs",
        )
        self._stage: Final = stage
        self._bus: Final = EventBus(self, "Events", stage=stage).bus
        self.functions_of: Final = FunctionBuilder(
            stage=stage,
            data=data,
            access=Access(stage=stage, data=data, bus=self._bus),
        ).build
        self._functions: Final = self._build_functions()
        self.queues: Final = self._build_queues()
        self.pipeline: Final = self._build_pipeline()
        self.webhooks: Final = self._build_webhooks()
        self._rebuild: Final = self._build_rebuild()
        self.http: Final = HttpApi(
            self, "Http", stage=stage, authorizer=self._functions["authorize_request"]
        )
        self.http.add_routes(self, self._functions)
        self._run_every("EveryMinute", EVERY_MINUTE, "reconcile", "run_rescores")
        self._run_every("EveryHour", EVERY_HOUR, "snapshot_metrics")
        self._run_every("EveryDay", EVERY_DAY, "apply_retention")
        self._show()
        if not stage.is_local:
            # A laptop alarms nobody, and the emulator knows no alarms on metric math.
            self._watch()
        self._write_outputs()

    def _build_functions(self) -> dict[str, PythonFunction]:
        workers = {
            module: Spec(needs, timeout=self._stage.timings.worker)
            for module, needs in WORKERS.items()
        }
        specs = {
            **HTTP_FUNCTIONS,
            **workers,
            **BACKGROUND_FUNCTIONS,
            **WEBHOOK_FUNCTIONS,
            **OPERATOR_FUNCTIONS,
        }
        return self.functions_of(self, specs)

    def _build_queues(self) -> dict[str, TaskQueue]:
        fail_task = self._functions["fail_task"]
        let_answer_tasks(fail_task, "SendTaskFailure")
        queues: dict[str, TaskQueue] = {}
        for name, module in QUEUES.items():
            worker = self._functions[module]
            let_answer_tasks(worker, "SendTaskSuccess", "SendTaskFailure")
            queues[name] = TaskQueue(
                self,
                name,
                stage=self._stage,
                name=name.lower(),
                worker=worker,
                fail_task=fail_task,
            )
        return queues

    def _build_pipeline(self) -> AssessmentPipeline:
        pipeline = AssessmentPipeline(
            self,
            "Pipeline",
            stage=self._stage,
            scoring=self.queues["Scoring"].queue,
            retrieval=self.queues["Retrieval"].queue,
            fusion=self.queues["Fusion"].queue,
            apply_fallback=self._functions["apply_fallback"],
            finish=self._functions["finish_assessment"],
            fail=self._functions["fail_assessment"],
        )
        for module in ("submit_assessment", "complete_assessment", "reconcile"):
            pipeline.let_start(self._functions[module])
        pipeline.let_inspect(self._functions["reconcile"])
        return pipeline

    def _build_rebuild(self) -> IndexRebuild:
        advance = self._functions["advance_rebuild"]
        rebuild = IndexRebuild(self, "IndexRebuild", stage=self._stage, advance=advance)
        for module in ("rebuild_index", "load_seeds"):
            rebuild.let_start(self._functions[module])
        return rebuild

    def _build_webhooks(self) -> WebhookDelivery:
        webhooks = WebhookDelivery(
            self,
            "Webhooks",
            stage=self._stage,
            bus=self._bus,
            fan_out=self._functions["fan_out_event"],
            send=self._functions["send_delivery"],
        )
        for module in ("fan_out_event", "send_delivery", "reconcile"):
            webhooks.let_start(self._functions[module])
        return webhooks

    def _run_every(self, id: str, period: Duration, *modules: str) -> None:
        # The next time is the retry.
        age = Duration.seconds(min(period.to_seconds(), LONGEST_EVENT_AGE.to_seconds()))
        runs: list[events.IRuleTarget] = []
        for module in modules:
            function = self._functions[module].function
            function.configure_async_invoke(retry_attempts=0, max_event_age=age)
            run = targets.LambdaFunction(function, retry_attempts=0, max_event_age=age)
            runs.append(implements(events.IRuleTarget, run))
        events.Rule(self, id, schedule=events.Schedule.rate(period), targets=runs)

    def _show(self) -> None:
        Dashboard(
            self,
            "Operations",
            stage=self._stage,
            api=self.http.api,
            queues=self.queues,
            machine=self.pipeline.state_machine,
            workers=[self._functions[module] for module in WORKERS],
            webhooks=self.webhooks,
        )

    def _watch(self) -> None:
        workers = [self._functions[module] for module in WORKERS]
        background = [self._functions[module] for module in BACKGROUND_FUNCTIONS]
        alarms = Alarms(self, "Alarms", stage=self._stage)
        for name, queue in self.queues.items():
            alarms.watch_queue(name, queue)
        alarms.watch_executions(
            "Pipeline",
            self.pipeline.state_machine,
            says="An assessment was left without a result: read the execution's history.",
        )
        alarms.watch_executions(
            "IndexRebuild",
            self._rebuild.state_machine,
            says="The index was not rebuilt, and the old one is searched: see GET /admin/index.",
        )
        alarms.watch_results()
        alarms.watch_api(self.http.api)
        alarms.watch_latency()
        authorizer = self._functions["authorize_request"]
        alarms.watch_errors("FunctionErrors", [authorizer, *workers])
        alarms.watch_errors("BackgroundErrors", background)
        alarms.watch_webhooks(self.webhooks)
        senders = [self._functions[module] for module in WEBHOOK_FUNCTIONS]
        alarms.watch_errors("WebhookErrors", senders)

    def _write_outputs(self) -> None:
        outputs = {
            "ApiId": self.http.api.api_id,
            "ApiUrl": self.http.api.api_endpoint,
            "StateMachineArn": self.pipeline.state_machine.state_machine_arn,
            "DeliveryMachineArn": self.webhooks.state_machine.state_machine_arn,
            "RebuildMachineArn": self._rebuild.state_machine.state_machine_arn,
            "EventBusName": self._bus.event_bus_name,
            "FunctionNamePrefix": self._stage.prefix,
        }
        for name, queue in self.queues.items():
            outputs[f"{name}QueueUrl"] = queue.queue.queue_url
            outputs[f"{name}DeadLetterUrl"] = queue.dead_letters.queue_url
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
