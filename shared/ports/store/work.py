"""What happens after a commit: jobs and events."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.domain.analytics import AnalyticsEvent, Fact
from shared.domain.assessment import AssessmentId
from shared.domain.event import Event, EventId, EventType
from shared.domain.job import Job, JobId, JobKind, JobStatus
from shared.domain.user import UserId


class JobRepository(Protocol):
    def add(self, jobs: Sequence[Job]) -> None:
        """Insert the jobs; one whose (assessment, kind, question) exists already is left alone."""
        ...

    def get(self, job_id: JobId) -> Job:
        """Return the job, or raise `NotFoundError`."""
        ...

    def claim(self, job_id: JobId, *, now: datetime, lease: timedelta) -> Job:
        """Take the job: running, the next attempt, leased until `now + lease`.

        A job that is done is returned as it is. Raises `JobBusyError` while another worker's
        lease holds, `NotFoundError` for an unknown id. One conditional UPDATE, so that of two
        workers one wins.
        """
        ...

    def finish(
        self,
        job_id: JobId,
        *,
        attempt: int,
        status: JobStatus,
        output: Mapping[str, Any],
        now: datetime,
    ) -> bool:
        """Store the outcome if `attempt` is still the newest and the job is not done.

        Return whether it was stored. A worker that gets False lost its lease: it must roll back.
        """
        ...

    def release(self, job_id: JobId, *, attempt: int) -> None:
        """End the lease of a failed attempt, so that the next one need not wait for it."""
        ...

    def of_assessment(self, assessment_id: AssessmentId) -> tuple[Job, ...]:
        """Return all jobs of the assessment, by kind and question."""
        ...

    def typical_seconds(self, kind: JobKind, *, sample: int) -> float | None:
        """Return the median run time of the newest `sample` finished jobs; None without any."""
        ...


class OutboxRepository(Protocol):
    def append(
        self,
        type: EventType,
        student_id: UserId,
        data: Mapping[str, Any],
        *,
        event_id: EventId,
        at: datetime,
    ) -> Event:
        """Add an event with the student's next sequence number.

        Locks the student's counter until the transaction ends, so that numbers have no gaps.
        """
        ...

    def unsent(self, *, limit: int) -> tuple[Event, ...]:
        """Return unsent events, oldest first, locked; those locked by another are passed over."""
        ...

    def append_facts(
        self, assessment_id: AssessmentId, facts: Mapping[EventId, Fact], *, at: datetime
    ) -> None:
        """Add facts for the analytics stream, in order, with the assessment's next numbers.

        One whose id is there already is left alone. A lock on the assessment keeps numbers
        without gaps.
        """
        ...

    def unsent_facts(self, *, limit: int) -> tuple[AnalyticsEvent, ...]:
        """Return unsent facts, oldest first, locked; those locked by another are passed over."""
        ...

    def mark_sent(self, event_ids: Iterable[EventId], *, at: datetime) -> None:
        """Of events and of facts."""
        ...
