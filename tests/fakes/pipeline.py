from collections.abc import Sequence

from shared.domain.assessment import AssessmentId
from shared.domain.errors import PipelineUnavailableError
from shared.domain.job import Job, JobId


class FakePipeline:
    """Remembers what was started; a test ends runs by emptying `running`."""

    def __init__(self) -> None:
        self.started: dict[tuple[AssessmentId, int], tuple[JobId, ...]] = {}
        """Job ids by assessment and run."""
        self.running: set[tuple[AssessmentId, int]] = set()
        self.is_available = True

    def start(self, assessment_id: AssessmentId, jobs: Sequence[Job], *, run: int) -> bool:
        self._ensure_available()
        if (assessment_id, run) not in self.started:
            self.started[assessment_id, run] = tuple(job.id for job in jobs)
            self.running.add((assessment_id, run))
        return (assessment_id, run) in self.running

    def is_running(self, assessment_id: AssessmentId, *, run: int) -> bool:
        self._ensure_available()
        return (assessment_id, run) in self.running

    def _ensure_available(self) -> None:
        if not self.is_available:
            raise PipelineUnavailableError("the pipeline cannot be reached")
