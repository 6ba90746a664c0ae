"""Tracks as administrators keep them: drafts, versions, and the pools that a track rests on."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.catalog import Origin
from shared.domain.errors import PoolTooSmallError
from shared.domain.question import Question, QuestionType
from shared.domain.track import Track
from shared.domain.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackEntry:
    """A track's present version, which says itself whether it is active."""

    track: Track
    origin: Origin
    content_hash: str
    """SHA-256 (hex) of what the author wrote, by which the seeds are compared as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackVersion:
    """The entry as one change left it."""

    entry: TrackEntry
    changed_by: UserId | None
    """None for the loading of seeds."""
    changed_at: datetime | None
    """None for what was stored before times were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackChange:
    """What an edit did, or in a dry run would do."""

    before: TrackEntry | None
    after: TrackEntry
    running: int
    """Assessments of the track that have no result yet. They go on with the version they have."""
    is_replay: bool = False

    @property
    def is_change(self) -> bool:
        return self.before != self.after


def ensure_filled(track: Track, questions: Iterable[Question]) -> None:
    """Raise `PoolTooSmallError` if the active questions are fewer than the track asks."""
    has = Counter(q.type for q in questions if q.track_id == track.id)
    mix = track.question_mix
    lacking = [
        f"{wanted} {kind} (there are {has[kind]})"
        for kind, wanted in (
            (QuestionType.THEORETICAL, mix.theoretical),
            (QuestionType.ESSAY, mix.essay),
            (QuestionType.PROFILE, mix.profile),
        )
        if has[kind] < wanted
    ]
    if lacking:
        raise PoolTooSmallError(
            f"an assessment of {track.id} asks {' and '.join(lacking)}; add questions first, or "
            "keep the track inactive"
        )
