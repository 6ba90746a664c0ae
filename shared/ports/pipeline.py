from collections.abc import Sequence
from typing import Protocol

from shared.domain.assessment import AssessmentId
from shared.domain.job import Job


class Pipeline(Protocol):
    def start(self, assessment_id: AssessmentId, jobs: Sequence[Job], *, run: int) -> bool:
        """Start the execution named after the assessment (and, from the second, the run).

        Starting the same run twice starts it once. Return whether it runs now: False when it was
        started before and has ended. Raises `PipelineUnavailableError`.
        """
        ...

    def is_running(self, assessment_id: AssessmentId, *, run: int) -> bool:
        """Tell whether that run waits or works. Raises `PipelineUnavailableError`."""
        ...
