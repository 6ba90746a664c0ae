"""A queue of jobs: its worker, its dead letters and what makes a dead letter heard."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra_cdk.constructs.python_function import PythonFunction
from infra_cdk.stage import Stage
from infra_cdk.timings import MAX_RECEIVES
from shared.settings import TaskQueueSettings

DEAD_LETTERS_KEPT: Final = Duration.days(14)
"""The longest SQS allows."""


class TaskQueue(Construct):
    """Messages carry a task token; one that is given up on fails its task at once.

    The workers' concurrency is capped at the event source, where the excess waits in the queue.
    Reserved concurrency would throttle instead, and a throttled message counts as received.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        name: str,
        worker: PythonFunction,
        fail_task: PythonFunction,
    ) -> None:
        super().__init__(scope, id)
        # The emulator speaks plain HTTP, which this policy would refuse.
        tls_only = not stage.is_local
        self.dead_letters: Final = sqs.Queue(
            self,
            "DeadLetters",
            queue_name=stage.physical_name(f"{name}-dead-letters"),
            retention_period=DEAD_LETTERS_KEPT,
            visibility_timeout=Duration.minutes(1),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=tls_only,
        )
        self.queue: Final = sqs.Queue(
            self,
            "Queue",
            queue_name=stage.physical_name(name),
            visibility_timeout=stage.timings.visibility,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=MAX_RECEIVES
            ),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=tls_only,
        )
        worker.configure(
            TaskQueueSettings,
            task_queue_url=self.queue.queue_url,
            lease_seconds=str(stage.timings.lease_seconds),
        )
        _consume(worker.function, self.queue, max_concurrency=stage.workers_per_queue)
        _consume(fail_task.function, self.dead_letters)


def let_inspect_queues(function: PythonFunction, *queues: sqs.Queue) -> None:
    """Permit reading how many messages there are, and none of them."""
    for queue in queues:
        queue.grant(function.function, "sqs:GetQueueAttributes")


def _consume(
    function: lambda_.IFunction, queue: sqs.Queue, *, max_concurrency: int | None = None
) -> None:
    function.add_event_source(
        sources.SqsEventSource(
            queue,
            batch_size=1,
            report_batch_item_failures=True,
            max_concurrency=max_concurrency,
        )
    )


def let_redrive(function: PythonFunction, dead_letters: sqs.Queue, *, to: sqs.Queue) -> None:
    """Permit moving messages from the dead letters to the queue, and no other way."""
    taken = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    dead_letters.grant(function.function, *taken)
    to.grant(function.function, "sqs:SendMessage")
