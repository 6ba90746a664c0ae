from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from shared.domain.analytics import AnalyticsEvent, Fact
from shared.domain.assessment import AssessmentId
from shared.domain.errors import JobBusyError, NotFoundError
from shared.domain.event import Event, EventId, EventType
from shared.domain.job import Job, JobId, JobKind, JobStatus
from shared.domain.user import UserId
from tests.fakes.store.state import State, as_stored


class FakeJobRepository:
    def __init__(self, state: State) -> None:
        self._jobs = state.jobs

    def add(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if _place(job) not in map(_place, self._jobs.values()):
                self._jobs[job.id] = job

    def get(self, job_id: JobId) -> Job:
        if job_id not in self._jobs:
            raise NotFoundError(f"no job {job_id}")
        return self._jobs[job_id]

    def claim(self, job_id: JobId, *, now: datetime, lease: timedelta) -> Job:
        job = self.get(job_id)
        if job.is_done:
            return job
        if job.lease_until and now < job.lease_until:
            raise JobBusyError(f"job {job_id} is leased until {job.lease_until}")
        self._jobs[job_id] = replace(
            job,
            status=JobStatus.RUNNING,
            attempt=job.attempt + 1,
            lease_until=now + lease,
            started_at=job.started_at or now,
        )
        return self._jobs[job_id]

    def finish(
        self,
        job_id: JobId,
        *,
        attempt: int,
        status: JobStatus,
        output: Mapping[str, Any],
        now: datetime,
    ) -> bool:
        job = self._jobs.get(job_id)
        if job is None or job.is_done or job.attempt != attempt:
            return False
        self._jobs[job_id] = replace(
            job, status=status, output=as_stored(output), finished_at=now, lease_until=None
        )
        return True

    def release(self, job_id: JobId, *, attempt: int) -> None:
        job = self._jobs.get(job_id)
        if job and not job.is_done and job.attempt == attempt:
            self._jobs[job_id] = replace(job, status=JobStatus.QUEUED, lease_until=None)

    def of_assessment(self, assessment_id: AssessmentId) -> tuple[Job, ...]:
        jobs = [j for j in self._jobs.values() if j.assessment_id == assessment_id]
        return tuple(sorted(jobs, key=lambda j: (j.kind, j.question_id or "")))

    def typical_seconds(self, kind: JobKind, *, sample: int) -> float | None:
        runs = [
            (job.finished_at, (job.finished_at - job.started_at).total_seconds())
            for job in self._jobs.values()
            if job.kind is kind and job.finished_at and job.started_at
        ]
        newest = sorted(runs, reverse=True)[:sample]
        return median(seconds for _, seconds in newest) if newest else None


def _place(job: Job) -> tuple[str, str, str | None]:
    return job.assessment_id, job.kind, job.question_id


class FakeOutboxRepository:
    def __init__(self, state: State) -> None:
        self._events = state.outbox
        self._facts = state.facts
        self._sent = state.sent
        self._sequences = state.sequences

    def append(
        self,
        type: EventType,
        student_id: UserId,
        data: Mapping[str, Any],
        *,
        event_id: EventId,
        at: datetime,
    ) -> Event:
        self._sequences[student_id] = self._sequences.get(student_id, 0) + 1
        event = Event(
            id=event_id,
            type=type,
            student_id=student_id,
            sequence=self._sequences[student_id],
            occurred_at=at,
            data=as_stored(data),
        )
        self._events[event_id] = event
        return event

    def unsent(self, *, limit: int) -> tuple[Event, ...]:
        return tuple(e for e in self._events.values() if e.id not in self._sent)[:limit]

    def append_facts(
        self, assessment_id: AssessmentId, facts: Mapping[EventId, Fact], *, at: datetime
    ) -> None:
        for event_id, fact in facts.items():
            if event_id in self._facts:
                continue
            self._sequences[assessment_id] = self._sequences.get(assessment_id, 0) + 1
            self._facts[event_id] = AnalyticsEvent(
                id=event_id,
                assessment_id=assessment_id,
                sequence=self._sequences[assessment_id],
                occurred_at=at,
                fact=fact,
            )

    def unsent_facts(self, *, limit: int) -> tuple[AnalyticsEvent, ...]:
        return tuple(e for e in self._facts.values() if e.id not in self._sent)[:limit]

    def mark_sent(self, event_ids: Iterable[EventId], *, at: datetime) -> None:
        self._sent |= dict.fromkeys(event_ids, at)
