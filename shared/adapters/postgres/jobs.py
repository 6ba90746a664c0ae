from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_id, must_be_id
from shared.adapters.postgres.statements import insert_many
from shared.adapters.postgres.tables import async_jobs
from shared.domain.assessment import AssessmentId
from shared.domain.errors import JobBusyError, NotFoundError
from shared.domain.job import Job, JobId, JobKind, JobStatus
from shared.domain.question import QuestionId

_j = async_jobs.c
DONE: Final = (JobStatus.SUCCEEDED, JobStatus.FELL_BACK)


class PostgresJobRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, jobs: Sequence[Job]) -> None:
        statement = insert(async_jobs).on_conflict_do_nothing(
            index_elements=["assessment_id", "kind", "question_id"]
        )
        insert_many(self._connection, statement, [_from_job(job) for job in jobs])

    def get(self, job_id: JobId) -> Job:
        must_be_id(job_id, "job")
        row = self._connection.execute(sa.select(async_jobs).where(_j.id == job_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"no job {job_id}")
        return _to_job(row)

    def claim(self, job_id: JobId, *, now: datetime, lease: timedelta) -> Job:
        must_be_id(job_id, "job")
        is_free = sa.or_(_j.lease_until.is_(None), _j.lease_until <= now)
        claim = (
            sa.update(async_jobs)
            .where(_j.id == job_id, _j.status.not_in(DONE), is_free)
            .values(
                status=JobStatus.RUNNING,
                attempt=_j.attempt + 1,
                lease_until=now + lease,
                started_at=sa.func.coalesce(_j.started_at, now),
            )
            .returning(async_jobs)
        )
        row = self._connection.execute(claim).one_or_none()
        if row is not None:
            return _to_job(row)
        job = self.get(job_id)
        if not job.is_done:
            raise JobBusyError(f"job {job_id} is leased until {job.lease_until}")
        return job

    def finish(
        self,
        job_id: JobId,
        *,
        attempt: int,
        status: JobStatus,
        output: Mapping[str, Any],
        now: datetime,
    ) -> bool:
        return self._change_attempt(
            job_id,
            attempt,
            {"status": status, "output": dict(output), "finished_at": now, "lease_until": None},
        )

    def release(self, job_id: JobId, *, attempt: int) -> None:
        self._change_attempt(job_id, attempt, {"status": JobStatus.QUEUED, "lease_until": None})

    def of_assessment(self, assessment_id: AssessmentId) -> tuple[Job, ...]:
        if not is_id(assessment_id):
            return ()
        query = sa.select(async_jobs).where(_j.assessment_id == assessment_id)
        jobs = map(_to_job, self._connection.execute(query))
        return tuple(sorted(jobs, key=lambda job: (job.kind, job.question_id or "")))

    def typical_seconds(self, kind: JobKind, *, sample: int) -> float | None:
        newest = (
            sa.select((_j.finished_at - _j.started_at).label("run"))
            .where(_j.kind == kind, _j.finished_at.is_not(None), _j.started_at.is_not(None))
            .order_by(_j.finished_at.desc())
            .limit(sample)
            .subquery()
        )
        seconds = sa.extract("epoch", newest.c.run)
        median = sa.func.percentile_cont(0.5).within_group(sa.cast(seconds, sa.Double))
        return self._connection.scalar(sa.select(median))

    def _change_attempt(self, job_id: JobId, attempt: int, values: Mapping[str, Any]) -> bool:
        if not is_id(job_id):
            return False
        is_newest = sa.and_(_j.id == job_id, _j.attempt == attempt, _j.status.not_in(DONE))
        statement = sa.update(async_jobs).where(is_newest).values(values)
        return self._connection.execute(statement).rowcount == 1


def _from_job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "assessment_id": job.assessment_id,
        "kind": job.kind,
        "question_id": job.question_id,
        "status": job.status,
        "attempt": job.attempt,
        "lease_until": job.lease_until,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "output": None if job.output is None else dict(job.output),
    }


def _to_job(row: Any) -> Job:
    return Job(
        id=JobId(row.id),
        assessment_id=AssessmentId(row.assessment_id),
        kind=JobKind(row.kind),
        question_id=QuestionId(row.question_id) if row.question_id else None,
        status=JobStatus(row.status),
        attempt=row.attempt,
        lease_until=row.lease_until,
        started_at=row.started_at,
        finished_at=row.finished_at,
        output=row.output,
    )
