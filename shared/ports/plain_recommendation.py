"""Recommending without a model: what fallbacks do, and all that a declined assessment gets."""

from typing import Final

from shared.domain.lookup import look_up
from shared.domain.recommendation import Retrieval, Summary
from shared.domain.retrieval import levels_near
from shared.domain.summary import summary_facts
from shared.ports.scored_assessment import ScoredAssessment
from shared.ports.store import Repositories
from shared.ports.summarizer import Summarizer

CATALOG_SLICE: Final = 200
"""Credentials of one track and two or three levels that a look-up considers."""


def look_up_credentials(scored: ScoredAssessment, repositories: Repositories) -> Retrieval:
    """Choose by the skills behind lost points and by interests, counting words."""
    situation = scored.situation
    catalog = repositories.credentials.of_track(
        scored.assessment.track_id, levels=levels_near(situation.level), limit=CATALOG_SLICE
    )
    return look_up(catalog, situation)


def summarize_retrieval(
    scored: ScoredAssessment,
    retrieval: Retrieval,
    repositories: Repositories,
    summarizer: Summarizer,
) -> Summary:
    """Put it into words, in the caller's transaction: `summarizer` has to be quick."""
    credentials = repositories.credentials.get_many([i.credential_id for i in retrieval.items])
    return summarizer.summarize(summary_facts(scored.track, scored.profile, retrieval, credentials))
