from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shared.domain.assessment import AssessmentId
from shared.domain.job import Job


class Pipeline(Protocol):
    def start(self, assessment_id: AssessmentId, jobs: Sequence[Job], *, run: int) -> None:
        """Start the execution named after the assessment (and, from the second, the run).

        Starting the same run twice starts it once. Raises `PipelineUnavailableError`.
        """
        ...

    def is_running(self, assessment_id: AssessmentId, *, run: int) -> bool:
        """Tell whether that run waits or works. Raises `PipelineUnavailableError`."""
        ...

    def complete_task(self, token: str, output: Mapping[str, Any]) -> None:
        """Tell the waiting state that its job is done; one that no longer waits is left alone.

        Raises `PipelineUnavailableError`.
        """
        ...

    def fail_task(self, token: str, *, error: str, cause: str) -> None:
        """Tell the waiting state that its job failed; one that no longer waits is left alone.

        `error` is a short stable word such as `timeout`; `cause` is at most 256 characters and
        holds no answer text. Raises `PipelineUnavailableError`.
        """
        ...
