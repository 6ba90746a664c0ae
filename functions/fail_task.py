"""Dead-letter queues: fail the waiting state at once, so that its fallback runs."""

from shared.queues import TaskMessage, task_handler
from shared.wiring import wiring


def handle(message: TaskMessage) -> None:
    wiring.tasks.fail(
        message.task_token,
        error="retries_exhausted",
        cause=f"job {message.job_id} failed on every delivery",
    )


lambda_handler = task_handler(handle)
