"""Credentials, and what is said when some of them are recommended to a student."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from shared.domain.essay import NO_USAGE, Provenance, Usage
from shared.domain.level import Level
from shared.domain.track import TrackId

CredentialId = NewType("CredentialId", str)
RecommendationId = NewType("RecommendationId", str)


class CredentialFormat(StrEnum):
    COURSE = "course"
    CERTIFICATION = "certification"
    SPECIALIZATION = "specialization"
    PROJECT = "project"
    LEARNING_PATH = "learning_path"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A catalog entry; `slug` is its id in the seeds."""

    id: CredentialId
    slug: str
    title: str
    provider: str
    url: str
    level: Level
    hours: float | None
    effort: str | None
    format: CredentialFormat
    skills: tuple[str, ...]
    tracks: tuple[str, ...]
    description: str
    outcomes: tuple[str, ...]
    source: str = ""
    """Where its facts come from; empty for what was stored before sources were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A skill that scoring found weak; `severity` is 0 (none) to 1 (all points lost)."""

    skill: str
    severity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What retrieval knows of a student: no identity, no free text, only skills and levels."""

    track_id: TrackId
    level: Level
    focus: tuple[str, ...]
    """The track's own skills."""
    interests: tuple[str, ...]
    gaps: tuple[Gap, ...]
    """Worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One credential found by one kind of search; `score` is cosine similarity or text rank."""

    credential_id: CredentialId
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The passage of the catalog that a recommendation rests on."""

    field: str
    snippet: str
    similarity: float
    """Cosine with the query, -1–1; 0 where no embedder took part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedItem:
    """A credential that retrieval chose, with what made it choose it."""

    rank: int
    credential_id: CredentialId
    score: float
    """0–1, comparable within one recommendation."""
    vector_similarity: float | None
    text_score: float | None
    closes: tuple[str, ...]
    """Skills among the student's gaps or interests that this credential teaches."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCandidate:
    """One of the credentials that retrieval weighed."""

    rank: int
    """By relevance, from 1; what it closes, its level and variety decide after that."""
    credential_id: CredentialId
    title: str
    """At that time."""
    relevance: float
    """0–1: both searches fused; without an embedder the share of the student's wishes it meets."""
    vector_rank: int | None
    """From 1; None for what the search by vectors did not find."""
    vector_similarity: float | None
    text_rank: int | None
    text_score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What retrieval saw, so that an advisor can check it."""

    query: str
    embedding_model: str | None
    candidates: int
    filters: Mapping[str, str]
    ranking: tuple[TracedCandidate, ...] = ()
    """The best of the candidates; empty too for what was stored before it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """The outcome of retrieval: empty items mean that nothing in the catalog fits."""

    items: tuple[RankedItem, ...]
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryItem:
    """What a summarizer may know of a recommended credential."""

    credential_id: CredentialId
    title: str
    provider: str
    level: Level
    closes: tuple[str, ...]
    """Names of skills, worst gap first."""
    snippet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFacts:
    """All that a summarizer may say; it adds words, never facts."""

    track_name: str
    overall_score: int
    band: str
    strengths: tuple[str, ...]
    improvements: tuple[str, ...]
    domains: tuple[tuple[str, int], ...]
    """(name, 0–100)."""
    items: tuple[SummaryItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    text: str
    why: Mapping[CredentialId, str]
    """A reason for every item of the facts."""
    provenance: Provenance
    usage: Usage = NO_USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationItem:
    rank: int
    credential: Credential
    """As it was when it was recommended."""
    score: float
    vector_similarity: float | None
    text_score: float | None
    why: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Stored once per assessment and never recomputed."""

    id: RecommendationId
    assessment_id: str
    summary: str
    items: tuple[RecommendationItem, ...]
    trace: Trace
    provenance: Provenance
    created_at: datetime
