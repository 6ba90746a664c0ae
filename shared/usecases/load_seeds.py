"""Load tracks, questions and credentials; what has not changed is left alone."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from shared.domain.credential_text import embedding_text
from shared.ports.embedder import Embedder
from shared.ports.seed_source import SeedSource
from shared.ports.store import Change, Store

EMBEDDED_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSeeds:
    """Counts of what there is, and by kind of change."""

    tracks: dict[str, int]
    questions: dict[str, int]
    credentials: dict[str, int]
    embedded: int
    embedding_model: str


def load_seeds(source: SeedSource, *, store: Store, embedder: Embedder) -> LoadedSeeds:
    """Load everything in one transaction, then embed what has no embedding of this model.

    Raises `InvalidSeedsError` before anything is stored.
    """
    seeds = source.read()
    tracks, questions, credentials = Counter[str](), Counter[str](), Counter[str]()
    with store.begin() as repositories:
        for track in seeds.tracks:
            tracks[repositories.tracks.put(track.content, content_hash=track.content_hash)] += 1
        for question in seeds.questions:
            change = repositories.questions.put(
                question.content, content_hash=question.content_hash
            )
            questions[change] += 1
        for track in seeds.tracks:
            slugs = [
                q.content.slug for q in seeds.questions if q.content.track_id == track.content.id
            ]
            gone = repositories.questions.deactivate_all_but(track.content.id, slugs)
            questions["deactivated"] += gone
        for credential in seeds.credentials:
            change = repositories.credentials.put(
                credential.content, content_hash=credential.content_hash
            )
            credentials[change] += 1
        credentials["deactivated"] += repositories.credentials.deactivate_all_but(
            c.content.slug for c in seeds.credentials
        )
    return LoadedSeeds(
        tracks=_counts(tracks),
        questions=_counts(questions),
        credentials=_counts(credentials),
        embedded=_embed(store, embedder),
        embedding_model=embedder.model,
    )


def _embed(store: Store, embedder: Embedder) -> int:
    with store.begin() as repositories:
        missing = repositories.credentials.without_embedding(embedder.model)
    for first in range(0, len(missing), EMBEDDED_AT_ONCE):
        batch = missing[first : first + EMBEDDED_AT_ONCE]
        vectors = embedder.embed([embedding_text(credential) for credential in batch])
        with store.begin() as repositories:
            repositories.credentials.put_embeddings(
                embedder.model,
                {c.id: vector for c, vector in zip(batch, vectors, strict=True)},
            )
    return len(missing)


def _counts(changes: Counter[str]) -> dict[str, int]:
    kinds = (*(change.value for change in Change), "deactivated")
    return {kind: changes[kind] for kind in kinds if changes[kind]}
