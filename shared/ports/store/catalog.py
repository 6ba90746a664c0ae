"""The credential catalog, its search, and what was recommended of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.assessment import AssessmentId
from shared.domain.catalog import (
    CatalogEntry,
    CredentialSelection,
    CredentialVersion,
    Remark,
)
from shared.domain.embedding_index import EmbeddingSet
from shared.domain.level import Level
from shared.domain.recommendation import (
    Credential,
    CredentialId,
    Hit,
    Recommendation,
    RecommendationId,
)
from shared.domain.track import TrackId
from shared.domain.user import UserId
from shared.ports.store.content import Change


class CredentialRepository(Protocol):
    def put(self, credential: Credential, *, content_hash: str) -> Change:
        """Store a seed as the next version of its slug, unless it has this hash.

        What an administrator created, changed or deactivated is kept as it is. `credential.id` is
        for new slugs only. Versions are dated by the store.
        """
        ...

    def deactivate_all_but(self, slugs: Iterable[str]) -> int:
        """Deactivate the others that are the seeds' own; return how many that were active."""
        ...

    def get_many(self, ids: Sequence[CredentialId]) -> tuple[Credential, ...]:
        """Return those that exist, in the order of `ids`."""
        ...

    def search_vector(
        self,
        vector: Sequence[float],
        *,
        within: EmbeddingSet,
        track_id: TrackId,
        levels: Sequence[Level],
        limit: int,
    ) -> tuple[Hit, ...]:
        """Return the nearest active credentials by cosine similarity, best first.

        A set that is retired can be searched for as long as nobody has emptied it.
        """
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogPage:
    """One page of the catalog, by slug; `next_cursor` is None on the last."""

    items: tuple[CatalogEntry, ...]
    next_cursor: str | None


class CatalogRepository(Protocol):
    """The catalog as administrators see and change it."""

    def lock(self) -> None:
        """Let all who change the catalog take turns until the transaction ends; readers go on."""
        ...

    def get(self, credential_id: CredentialId) -> CatalogEntry:
        """Return the entry, active or not, or raise `NotFoundError`."""
        ...

    def find(self, slugs: Collection[str]) -> tuple[CatalogEntry, ...]:
        """Return those that exist, active or not, by slug."""
        ...

    def has(self, slug: str) -> bool:
        """Tell whether a credential has this slug, active or not."""
        ...

    def active(self) -> tuple[Credential, ...]:
        """Return all active credentials, by slug."""
        ...

    def page(
        self, selection: CredentialSelection, *, limit: int, after: str | None
    ) -> CatalogPage: ...

    def save(
        self,
        entry: CatalogEntry,
        *,
        remarks: Sequence[Remark],
        changed_by: UserId | None,
        at: datetime,
    ) -> None:
        """Insert the entry, or replace the one with this id, and append its version.

        The version must be new. Raises `SlugTakenError` when another one has the slug.
        """
        ...

    def versions(self, credential_id: CredentialId) -> tuple[CredentialVersion, ...]:
        """Return all versions, newest first, or raise `NotFoundError`."""
        ...

    def version(self, credential_id: CredentialId, version: int) -> CredentialVersion:
        """Return one version, or raise `NotFoundError`."""
        ...


class RecommendationRepository(Protocol):
    def add(self, recommendation: Recommendation) -> None:
        """Insert the recommendation with its items and trace; an assessment has one."""
        ...

    def get(self, recommendation_id: RecommendationId) -> Recommendation:
        """Return the recommendation with its items, or raise `NotFoundError`."""
        ...

    def of_assessment(self, assessment_id: AssessmentId) -> Recommendation | None: ...
