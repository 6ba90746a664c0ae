"""Tracks and questions, versioned."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from shared.domain.question import Question
from shared.domain.track import Track, TrackId


class Change(StrEnum):
    """What storing a seed did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    """An administrator has changed it since, and the seed was left aside."""


class TrackRepository(Protocol):
    def active(self) -> tuple[Track, ...]:
        """Return the current version of every active track, by name."""
        ...

    def get(self, track_id: TrackId) -> Track:
        """Return the current version of an active track, or raise `NotFoundError`."""
        ...

    def get_version(self, track_id: TrackId, version: int) -> Track:
        """Return one version, active or not, or raise `NotFoundError`."""
        ...

    def put(self, track: Track, *, content_hash: str) -> Change:
        """Store a seed as the next version of the track, unless the current one has this hash.

        What an administrator created, changed or deactivated is kept as it is. `track.version` is
        ignored.
        """
        ...


class QuestionRepository(Protocol):
    def pool(self, track_id: TrackId) -> tuple[Question, ...]:
        """Return the current version of every active question of the track, by slug."""
        ...

    def put(self, question: Question, *, content_hash: str) -> Change:
        """Store the question as the next version of its slug, unless the hash is the current one.

        `question.id` is used for a new slug only; `question.version` is ignored. A question that
        was deactivated becomes active again. What an administrator created, changed or deactivated
        is kept as it is. Versions are dated by the store.
        """
        ...

    def deactivate_all_but(self, track_id: TrackId, slugs: Iterable[str]) -> int:
        """Deactivate the seeds' other questions of the track; return how many that were active."""
        ...
