"""Say in words what the scores and the retrieval found."""

from typing import Final

from shared.domain.errors import EngineError
from shared.domain.essay import NO_USAGE
from shared.domain.job import Job, JobKind, output_of
from shared.domain.job_output import read_retrieval, summary_output
from shared.domain.summary import summary_facts
from shared.ports.job_work import JobResult
from shared.ports.model_budget import ModelBudget
from shared.ports.scored_assessment import read_scored
from shared.ports.store import Store
from shared.ports.summarizer import Summarizer

PURPOSE: Final = "summarize"


def fuse_results(
    job: Job, *, store: Store, summarizer: Summarizer, budget: ModelBudget
) -> JobResult:
    """Return the summary and a reason for each item. Raises `EngineError`."""
    with store.begin() as repositories:
        assessment = repositories.assessments.get(job.assessment_id)
        scored = read_scored(repositories, assessment)
        jobs = repositories.jobs.of_assessment(job.assessment_id)
        retrieval = read_retrieval(output_of(jobs, JobKind.RETRIEVE_CREDENTIALS))
        credentials = repositories.credentials.get_many([i.credential_id for i in retrieval.items])
    facts = summary_facts(scored.track, scored.profile, retrieval, credentials)
    budget.ensure_left(assessment)
    try:
        summary = summarizer.summarize(facts)
    except EngineError as error:
        if error.is_charged:
            budget.charge(assessment, purpose=PURPOSE, usage=NO_USAGE)
        raise
    budget.charge(assessment, purpose=PURPOSE, usage=summary.usage)
    return JobResult(
        output=summary_output(summary),
        track_id=assessment.track_id,
        write=lambda _: None,
    )
