"""Load tracks, questions and credentials; what has not changed is left alone."""

from collections import Counter
from dataclasses import dataclass

from shared.domain.embedding import DIMENSIONS
from shared.domain.embedding_index import EmbeddingSet, EmbeddingSetId, SetStatus
from shared.ports.clock import Clock
from shared.ports.embedder import Embedder
from shared.ports.embedding import EMBEDDED_AT_ONCE, embed_batch
from shared.ports.ids import Ids
from shared.ports.seed_source import SeedSource
from shared.ports.store import Change, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSeeds:
    """Counts of what there is, and by kind of change."""

    tracks: dict[str, int]
    questions: dict[str, int]
    credentials: dict[str, int]
    embedded: int
    embedding_model: str
    """Of the set that is searched."""


def load_seeds(
    source: SeedSource, *, store: Store, embedder: Embedder, ids: Ids, clock: Clock
) -> LoadedSeeds:
    """Load everything in one transaction, then embed what is missing in the set that is searched.

    The first set is made here. One of another model than the embedder's is left as it is: to
    replace it is a rebuild's work. What is published meanwhile is embedded by who publishes it, or
    stays stale. Raises `InvalidSeedsError` before anything is stored.
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
        searched = repositories.index.active() or repositories.index.add_set(
            EmbeddingSetId(ids.new()),
            model=embedder.model,
            dimensions=DIMENSIONS,
            status=SetStatus.ACTIVE,
            at=clock.now(),
        )
    is_current = searched.model == embedder.model
    return LoadedSeeds(
        tracks=_counts(tracks),
        questions=_counts(questions),
        credentials=_counts(credentials),
        embedded=_embed(searched, store, embedder) if is_current else 0,
        embedding_model=searched.model,
    )


def _embed(searched: EmbeddingSet, store: Store, embedder: Embedder) -> int:
    with store.begin() as repositories:
        missing = repositories.index.missing(searched.id)
    return sum(
        embed_batch(
            missing[first : first + EMBEDDED_AT_ONCE], searched.id, store=store, embedder=embedder
        )
        for first in range(0, len(missing), EMBEDDED_AT_ONCE)
    )


def _counts(changes: Counter[str]) -> dict[str, int]:
    kinds = (*(change.value for change in Change), "deactivated")
    return {kind: changes[kind] for kind in kinds if changes[kind]}
