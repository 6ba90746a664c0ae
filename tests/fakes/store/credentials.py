from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from shared.domain.catalog import CatalogEntry, CredentialVersion, Origin
from shared.domain.embedding_index import EmbeddingSet
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialId, Hit
from shared.domain.track import TrackId
from shared.ports.store import Change
from tests.fakes.store.state import State


class FakeCredentialRepository:
    def __init__(self, state: State) -> None:
        self._credentials = state.credentials
        self._versions = state.credential_versions
        self._embeddings = state.embeddings

    def put(self, credential: Credential, *, content_hash: str) -> Change:
        stored = self._credentials.get(credential.slug)
        if stored and stored.active and stored.content_hash == content_hash:
            return Change.UNCHANGED
        if stored and stored.origin is Origin.ADMIN:
            return Change.KEPT
        if stored:
            credential = replace(credential, id=stored.credential.id)
        self._store(
            CatalogEntry(
                credential=credential,
                version=stored.version + 1 if stored else 1,
                active=True,
                origin=Origin.SEEDS,
                content_hash=content_hash,
            )
        )
        return Change.UPDATED if stored else Change.ADDED

    def deactivate_all_but(self, slugs: Iterable[str]) -> int:
        kept = set(slugs)
        others = [
            entry
            for slug, entry in self._credentials.items()
            if entry.active and entry.origin is Origin.SEEDS and slug not in kept
        ]
        for entry in others:
            self._store(replace(entry, active=False, version=entry.version + 1))
        return len(others)

    def _store(self, entry: CatalogEntry) -> None:
        self._credentials[entry.credential.slug] = entry
        self._versions[entry.credential.id, entry.version] = CredentialVersion(
            entry=entry, remarks=(), changed_by=None, changed_at=datetime.now(UTC)
        )

    def get_many(self, ids: Sequence[CredentialId]) -> tuple[Credential, ...]:
        known = {entry.credential.id: entry.credential for entry in self._credentials.values()}
        return tuple(known[wanted] for wanted in ids if wanted in known)

    def search_vector(
        self,
        vector: Sequence[float],
        *,
        within: EmbeddingSet,
        track_id: TrackId,
        levels: Sequence[Level],
        limit: int,
    ) -> tuple[Hit, ...]:
        scores = {
            credential.id: sum(a * b for a, b in zip(vector, stored[1], strict=True))
            for credential in self._fitting(track_id, levels)
            if (stored := self._embeddings.get((within.slot, credential.id)))
        }
        return _best(scores, limit)

    def search_text(
        self, words: Sequence[str], *, track_id: TrackId, levels: Sequence[Level], limit: int
    ) -> tuple[Hit, ...]:
        scores = {c.id: _rank(c, words) for c in self._fitting(track_id, levels)}
        return _best({found: score for found, score in scores.items() if score}, limit)

    def of_track(
        self, track_id: TrackId, *, levels: Sequence[Level], limit: int
    ) -> tuple[Credential, ...]:
        return tuple(self._fitting(track_id, levels))[:limit]

    def _active(self) -> Iterator[Credential]:
        for _, entry in sorted(self._credentials.items()):
            if entry.active:
                yield entry.credential

    def _fitting(self, track_id: TrackId, levels: Sequence[Level]) -> Iterator[Credential]:
        return (c for c in self._active() if track_id in c.tracks and c.level in levels)


def _best(scores: Mapping[CredentialId, float], limit: int) -> tuple[Hit, ...]:
    best_first = sorted(scores.items(), key=lambda pair: -pair[1])
    return tuple(Hit(credential_id=found, score=score) for found, score in best_first[:limit])


def _rank(credential: Credential, words: Sequence[str]) -> float:
    """Score by PostgreSQL's weights of A, B and C; no stemming, no stop words."""
    weighted = (
        (1.0, (credential.title, *credential.skills)),
        (0.4, credential.outcomes),
        (0.2, (credential.description,)),
    )
    texts = [(weight, _tokens(" ".join(text))) for weight, text in weighted]
    everything = set().union(*(tokens for _, tokens in texts))
    return sum(
        weight
        for parts in map(_tokens, words)
        if parts and parts <= everything
        for weight, tokens in texts
        if parts & tokens
    )


def _tokens(text: str) -> set[str]:
    return {t.strip(".,;:!?") for t in text.lower().replace("-", " ").split()} - {""}
