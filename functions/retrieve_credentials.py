"""Retrieval queue: find the credentials that fit the student."""

from shared.domain.job import Job, JobId
from shared.ports.job_work import JobResult
from shared.queues import TaskMessage, task_handler
from shared.usecases.retrieve_credentials import retrieve_credentials
from shared.usecases.run_job import run_job
from shared.wiring import wiring


def work(job: Job) -> JobResult:
    return retrieve_credentials(
        job, store=wiring.store, embedder_of=wiring.embedder_of, budget=wiring.embedding_budget
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
