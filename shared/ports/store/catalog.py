"""The credential catalog, its search, and what was recommended of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from shared.domain.assessment import AssessmentId
from shared.domain.level import Level
from shared.domain.recommendation import (
    Credential,
    CredentialId,
    Hit,
    Recommendation,
    RecommendationId,
)
from shared.domain.track import TrackId
from shared.ports.store.content import Change


class CredentialRepository(Protocol):
    def put(self, credential: Credential, *, content_hash: str) -> Change:
        """Store the credential, unless it has this hash. `credential.id` is for new slugs only."""
        ...

    def deactivate_all_but(self, slugs: Iterable[str]) -> int: ...

    def get_many(self, ids: Sequence[CredentialId]) -> tuple[Credential, ...]:
        """Return those that exist, in the order of `ids`."""
        ...

    def without_embedding(self, model: str) -> tuple[Credential, ...]:
        """Return active credentials whose present text has no embedding of this model."""
        ...

    def put_embeddings(self, model: str, vectors: Mapping[CredentialId, Sequence[float]]) -> None:
        """Store vectors of unit length for the present text of each credential."""
        ...

    def search_vector(
        self,
        vector: Sequence[float],
        *,
        model: str,
        track_id: TrackId,
        levels: Sequence[Level],
        limit: int,
    ) -> tuple[Hit, ...]:
        """Return the nearest active credentials by cosine similarity, best first."""
        ...

    def search_text(
        self, words: Sequence[str], *, track_id: TrackId, levels: Sequence[Level], limit: int
    ) -> tuple[Hit, ...]:
        """Return active credentials that match any of the words, best first (`ts_rank_cd`)."""
        ...

    def of_track(
        self, track_id: TrackId, *, levels: Sequence[Level], limit: int
    ) -> tuple[Credential, ...]:
        """Return active credentials of the track and levels, by slug."""
        ...


class RecommendationRepository(Protocol):
    def add(self, recommendation: Recommendation) -> None:
        """Insert the recommendation with its items and trace; an assessment has one."""
        ...

    def get(self, recommendation_id: RecommendationId) -> Recommendation:
        """Return the recommendation with its items, or raise `NotFoundError`."""
        ...

    def of_assessment(self, assessment_id: AssessmentId) -> Recommendation | None: ...
