"""Scoring queue: score one essay of an assessment."""

from shared.domain.job import Job, JobId
from shared.ports.job_work import JobResult
from shared.queues import TaskMessage, task_handler
from shared.usecases.run_job import run_job
from shared.usecases.score_essay import score_essay
from shared.wiring import wiring


def work(job: Job) -> JobResult:
    return score_essay(
        job,
        store=wiring.store,
        scorer=wiring.scorer,
        budget=wiring.budget,
        ids=wiring.ids,
        clock=wiring.clock,
        second_reader=wiring.second_reader,
    )


def handle(message: TaskMessage) -> None:
    run_job(
        JobId(message.job_id),
        message.task_token,
        work=work,
        store=wiring.store,
        tasks=wiring.tasks,
        clock=wiring.clock,
        metrics=wiring.metrics,
        lease=wiring.lease,
    )


lambda_handler = task_handler(handle, lambda: wiring.redelivery)
