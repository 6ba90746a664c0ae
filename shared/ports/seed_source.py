from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from shared.domain.question import Question
from shared.domain.recommendation import Credential
from shared.domain.track import Track

Content = TypeVar("Content", Track, Question, Credential)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed(Generic[Content]):
    """A piece of content with the SHA-256 of what its author wrote."""

    content: Content
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    tracks: Sequence[Seed[Track]]
    questions: Sequence[Seed[Question]]
    credentials: Sequence[Seed[Credential]]


class SeedSource(Protocol):
    def read(self) -> Seeds:
        """Return all seeds, validated; raise `InvalidSeedsError` that names every fault."""
        ...
