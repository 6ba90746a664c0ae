"""Find the credentials that fit a student."""

from shared.domain.budget import EMBED
from shared.domain.essay import Usage
from shared.domain.job import Job
from shared.domain.job_output import retrieval_output
from shared.ports.credential_search import search_credentials
from shared.ports.embedder import Embedder, EmbedderOf
from shared.ports.job_work import JobResult
from shared.ports.model_budget import ModelBudget
from shared.ports.scored_assessment import read_scored
from shared.ports.store import Store


def retrieve_credentials(
    job: Job, *, store: Store, embedder_of: EmbedderOf, budget: ModelBudget
) -> JobResult:
    """Return ranked credentials with their trace; none when nothing fits. Raises `EngineError`.

    What is embedded counts towards the month's tokens, and goes on when they are spent: it is a
    hundredth of what an essay takes, and without it the recommendation would be worse for a month.
    """
    with store.begin() as repositories:
        assessment = repositories.assessments.get(job.assessment_id)
        scored = read_scored(repositories, assessment)
    before: dict[Embedder, int] = {}

    def counted(model: str) -> Embedder:
        embedder = embedder_of(model)
        before[embedder] = embedder.tokens_used
        return embedder

    try:
        retrieval = search_credentials(
            scored.situation, track_name=scored.track.name, store=store, embedder_of=counted
        )
    finally:
        if tokens := sum(embedder.tokens_used - used for embedder, used in before.items()):
            budget.charge(assessment, purpose=EMBED, usage=Usage(prompt_tokens=tokens))
    return JobResult(
        output=retrieval_output(retrieval), track_id=scored.track.id, write=lambda _: None
    )
