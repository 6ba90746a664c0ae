"""Find the credentials that fit a student."""

from shared.domain.job import Job
from shared.domain.job_output import retrieval_output
from shared.ports.credential_search import search_credentials
from shared.ports.embedder import EmbedderOf
from shared.ports.job_work import JobResult
from shared.ports.scored_assessment import read_scored
from shared.ports.store import Store


def retrieve_credentials(job: Job, *, store: Store, embedder_of: EmbedderOf) -> JobResult:
    """Return ranked credentials with their trace; none when nothing fits. Raises `EngineError`."""
    with store.begin() as repositories:
        assessment = repositories.assessments.get(job.assessment_id)
        scored = read_scored(repositories, assessment)
    retrieval = search_credentials(
        scored.situation, track_name=scored.track.name, store=store, embedder_of=embedder_of
    )
    return JobResult(
        output=retrieval_output(retrieval), track_id=scored.track.id, write=lambda _: None
    )
