"""The edge of functions that a queue feeds: tasks of the pipeline, and events."""

from collections.abc import Callable
from typing import Annotated, Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.domain.errors import JobBusyError
from shared.ports.redelivery import Redelivery

logger = Logger()

Event = dict[str, Any]
QueueHandler = Callable[[Event, LambdaContext], dict[str, Any]]


class TaskMessage(BaseModel):
    """What the state machine puts on a queue: ids and the token of the state that waits."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # they are logged, and a token is in there
    )

    task_token: Annotated[str, Field(min_length=1)]
    job_id: Annotated[str, Field(min_length=1)]
    assessment_id: Annotated[str, Field(min_length=1)]


class EventDetail(BaseModel):
    """Whose event it was and which: all that a reader of the outbox needs."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)

    student_id: Annotated[str, Field(min_length=1)]
    sequence: Annotated[int, Field(ge=1)]


class EventMessage(BaseModel):
    """An event as EventBridge puts it on a queue."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    detail: EventDetail


def task_handler(
    handle: Callable[[TaskMessage], None], redelivery: Callable[[], Redelivery] | None = None
) -> QueueHandler:
    """Return a `lambda_handler` that gives each message to `handle` and reports those that failed.

    A message that fails is delivered again, soon where there is a `redelivery`; after the queue's
    last receive it goes to the dead-letter queue.
    """
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def handle_record(record: SQSRecord) -> None:
        receives = int(record.attributes.approximate_receive_count)
        logger.remove_keys(["assessment_id", "job_id"])  # of the message before in this batch
        try:
            message = TaskMessage.model_validate_json(record.body)
            logger.append_keys(
                assessment_id=message.assessment_id, job_id=message.job_id, receives=receives
            )
            handle(message)
            logger.info("task handled")
        except JobBusyError:
            # The visibility timeout outlasts the lease; any sooner the job would be busy still.
            logger.info("job is another worker's, message comes back after the lease")
            raise
        except Exception:
            logger.exception("task failed")
            if redelivery:
                redelivery().delay(record.receipt_handle, receives=receives)
            raise

    @logger.inject_lambda_context(clear_state=True)
    def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
        return dict(
            process_partial_response(
                event=event, record_handler=handle_record, processor=processor, context=context
            )
        )

    return cast("QueueHandler", lambda_handler)


def event_handler(handle: Callable[[EventMessage], None]) -> QueueHandler:
    """Return a `lambda_handler` that gives each event to `handle` and reports those that failed.

    What failed is delivered again after the queue's visibility timeout.
    """
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def handle_record(record: SQSRecord) -> None:
        try:
            handle(EventMessage.model_validate_json(record.body))
        except Exception:
            logger.exception("event failed")
            raise

    @logger.inject_lambda_context(clear_state=True)
    def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
        return dict(
            process_partial_response(
                event=event, record_handler=handle_record, processor=processor, context=context
            )
        )

    return cast("QueueHandler", lambda_handler)
