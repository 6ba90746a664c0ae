"""How events reach webhooks: a queue behind the bus, and an execution for each delivery.

Input of an execution: `{"deliveryId", "run"}`. It sends, waits as long as it is told to, and sends
again until the delivery is over; the schedule, the counting and the order are in the database.
"""

from typing import Final

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra_cdk.acknowledge import acknowledge
from infra_cdk.constructs.assessment_pipeline import (
    ANY_ERROR,
    ATTEMPTS,
    LOCAL_ATTEMPTS,
    acknowledge_machine,
    logs_of,
)
from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.jsii_types import implements
from infra_cdk.stage import Stage
from shared.adapters.event_bridge import SOURCE
from shared.settings import DeliverySettings

VISIBILITY: Final = Duration.minutes(1)
RECEIVES: Final = 20
"""With the visibility timeout 20 minutes: a database is back by then."""
DEAD_LETTERS_KEPT: Final = Duration.days(14)
LONGEST: Final = Duration.days(15)
"""Ten attempts, even if each is put off by a receiver for the whole day that it may ask for."""


class WebhookDelivery(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        bus: events.EventBus,
        fan_out: PythonFunction,
        send: PythonFunction,
    ) -> None:
        super().__init__(scope, id)
        self._name: Final = stage.physical_name("webhook-delivery")
        # The emulator speaks plain HTTP, which this policy would refuse.
        tls_only = not stage.is_local
        self.dead_letters: Final = sqs.Queue(
            self,
            "DeadLetters",
            queue_name=stage.physical_name("webhook-events-dead-letters"),
            retention_period=DEAD_LETTERS_KEPT,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=tls_only,
        )
        self.queue: Final = sqs.Queue(
            self,
            "Queue",
            queue_name=stage.physical_name("webhook-events"),
            visibility_timeout=VISIBILITY,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=RECEIVES
            ),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=tls_only,
        )
        self._feed(stage, bus, fan_out)
        self.state_machine: Final = sfn.StateMachine(
            self,
            "StateMachine",
            state_machine_name=self._name,
            definition_body=sfn.DefinitionBody.from_chainable(self._loop(stage, send)),
            timeout=LONGEST,
            tracing_enabled=True,
            logs=logs_of(self, self._name, level=sfn.LogLevel.ERROR),
        )
        acknowledge_machine(self.state_machine, send)
        acknowledge(
            self.state_machine,
            {"SF1": "Errors only: a delivery's course is in the database, attempt by attempt."},
        )

    def let_start(self, function: PythonFunction) -> None:
        """Permit starting executions.

        By name and not by reference: the sender starts what follows a delivery, and the machine
        that it would refer to refers to the sender.
        """
        arn = Stack.of(self).format_arn(
            service="states",
            resource="stateMachine",
            resource_name=self._name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        function.configure(DeliverySettings, delivery_machine_arn=arn)
        machine = sfn.StateMachine.from_state_machine_arn(function, "DeliveryMachine", arn)
        machine.grant_start_execution(function.function)

    def _feed(self, stage: Stage, bus: events.EventBus, fan_out: PythonFunction) -> None:
        events.Rule(
            self,
            "Happened",
            event_bus=implements(events.IEventBus, bus),
            event_pattern=events.EventPattern(source=[SOURCE]),
            targets=[implements(events.IRuleTarget, targets.SqsQueue(self.queue))],
        )
        fan_out.function.add_event_source(
            sources.SqsEventSource(
                self.queue,
                batch_size=1,
                report_batch_item_failures=True,
                max_concurrency=stage.workers_per_queue,
            )
        )

    def _loop(self, stage: Stage, send: PythonFunction) -> sfn.IChainable:
        attempt = tasks.LambdaInvoke.jsonata(
            self,
            "Send",
            lambda_function=send.function,
            payload=sfn.TaskInput.from_object(
                {
                    "deliveryId": "{% $states.input.deliveryId %}",
                    "run": "{% $states.input.run %}",
                }
            ),
            retry_on_service_exceptions=False,
            outputs="{% $merge([$states.input, $states.result.Payload]) %}",
        )
        attempt.add_retry(
            errors=ANY_ERROR,
            interval=Duration.seconds(1),
            backoff_rate=2,
            max_attempts=LOCAL_ATTEMPTS if stage.is_local else ATTEMPTS,
            jitter_strategy=sfn.JitterType.FULL,
        )
        wait = sfn.Wait.jsonata(self, "Wait", time=sfn.WaitTime.seconds("{% $states.input.wait %}"))
        over = sfn.Choice.jsonata(self, "Over?")
        over.when(
            sfn.Condition.jsonata("{% $states.input.isOver %}"), sfn.Succeed.jsonata(self, "Over")
        )
        over.otherwise(wait.next(attempt))
        return attempt.next(over)
