"""Hybrid search for the credentials that fit a situation: fused, varied, each with its source."""

from collections.abc import Sequence

from shared.domain.errors import EngineRefusedError
from shared.domain.recommendation import (
    Credential,
    CredentialId,
    Hit,
    Retrieval,
    Situation,
    Source,
    Trace,
)
from shared.domain.retrieval import (
    CANDIDATES,
    Candidate,
    choose,
    fuse,
    levels_near,
    passages,
    query_text,
    rank,
    traced,
    wanted_skills,
)
from shared.ports.embedder import Embedder, EmbedderOf
from shared.ports.store import Store


def search_credentials(
    situation: Situation, *, track_name: str, store: Store, embedder_of: EmbedderOf
) -> Retrieval:
    """Return ranked credentials with their trace; none when nothing fits. Raises `EngineError`.

    The set that is active at the beginning is searched to the end: by its own model, whatever the
    deployment's is, and for as long as `advance_rebuild` lets a set be that it has replaced.
    """
    with store.begin() as repositories:
        searched = repositories.index.active()
    if searched is None:
        raise EngineRefusedError("there is no index; load the seeds", reason="index_missing")
    embedder = embedder_of(searched.model)
    query = query_text(track_name, situation)
    vector = embedder.embed([query])[0]  # outside a transaction: a provider may be slow
    track_id, levels = situation.track_id, levels_near(situation.level)
    with store.begin() as repositories:
        near = repositories.credentials.search_vector(
            vector, within=searched, track_id=track_id, levels=levels, limit=CANDIDATES
        )
        named = repositories.credentials.search_text(
            wanted_skills(situation), track_id=track_id, levels=levels, limit=CANDIDATES
        )
        if not near and repositories.credentials.of_track(track_id, levels=levels, limit=1):
            raise EngineRefusedError(
                f"track {track_id} has no embeddings of {embedder.model}; rebuild the index",
                reason="index_missing",
            )
        fused = fuse(near, named)
        found = repositories.credentials.get_many(list(fused))
    # Vectors alone cannot tell: track and level are in every query, and bring each near enough. So
    # something must also name what is wanted.
    fits = bool(near) and near[0].score >= embedder.floor and bool(named)
    candidates = _candidates(found, fused, near, named) if fits else []
    chosen = choose(candidates, situation)
    sources = _cite([c.credential for c in chosen], vector, embedder)
    return Retrieval(
        items=rank(chosen, situation, sources),
        trace=Trace(
            query=query,
            embedding_model=embedder.model,
            candidates=len(fused),
            filters={"track": track_id, "level": ",".join(levels)},
            ranking=traced(found, fused, near, named),
        ),
    )


def _candidates(
    found: Sequence[Credential],
    fused: dict[CredentialId, float],
    near: Sequence[Hit],
    named: Sequence[Hit],
) -> list[Candidate]:
    similarity = {hit.credential_id: hit.score for hit in near}
    text_score = {hit.credential_id: hit.score for hit in named}
    return [
        Candidate(
            credential=credential,
            relevance=fused[credential.id],
            vector_similarity=similarity.get(credential.id),
            text_score=text_score.get(credential.id),
        )
        for credential in found
    ]


def _cite(
    credentials: Sequence[Credential], query: Sequence[float], embedder: Embedder
) -> dict[CredentialId, Source]:
    """Return for each credential the passage nearest to the query."""
    cited = [(c.id, source) for c in credentials for source in passages(c)]
    if not cited:
        return {}
    vectors = embedder.embed([source.snippet for _, source in cited])
    best: dict[CredentialId, Source] = {}
    for (credential_id, source), vector in zip(cited, vectors, strict=True):
        similarity = sum(a * b for a, b in zip(query, vector, strict=True))
        if credential_id not in best or similarity > best[credential_id].similarity:
            best[credential_id] = Source(
                field=source.field, snippet=source.snippet, similarity=round(similarity, 3)
            )
    return best
