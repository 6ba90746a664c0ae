"""Recommend without a search: what of the catalog covers the student's gaps, by plain counting."""

from collections.abc import Sequence

from shared.domain.recommendation import Credential, Retrieval, Situation, Trace
from shared.domain.retrieval import (
    Candidate,
    best_passage_by_words,
    choose,
    coverage,
    rank,
    traced,
    wanted_skills,
)


def look_up(catalog: Sequence[Credential], situation: Situation) -> Retrieval:
    """Choose among the catalog's entries that teach something the student lacks or wants."""
    candidates = [
        Candidate(credential=credential, relevance=share, vector_similarity=None, text_score=None)
        for credential in catalog
        if (share := coverage(credential, situation)) > 0
    ]
    chosen = choose(candidates, situation)
    skills = wanted_skills(situation)
    return Retrieval(
        items=rank(
            chosen,
            situation,
            {c.credential.id: best_passage_by_words(c.credential, skills) for c in chosen},
        ),
        trace=Trace(
            query=" ".join(skills),
            embedding_model=None,
            candidates=len(candidates),
            filters={"track": situation.track_id, "level": situation.level.value},
            ranking=traced(
                [c.credential for c in candidates],
                {c.credential.id: c.relevance for c in candidates},
            ),
        ),
    )
