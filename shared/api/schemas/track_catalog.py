"""Bodies of the tracks' administration."""

from typing import Annotated, Any, Self

from pydantic import Field

from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.api.schemas.catalog import FieldChangeOut
from shared.domain.track import Track, written_track
from shared.domain.track_catalog import TrackChange, TrackEntry, TrackVersion


class MixIn(RequestBody):
    theoretical: int
    essay: int
    profile: int


class DomainIn(RequestBody):
    id: Text
    name: Text
    weight: float
    skills: list[Text]
    strength: Annotated[Text, Field(description="Said of a high score")]
    improvement: Annotated[Text, Field(description="Said of a low score")]


class TrackIn(RequestBody):
    """As in the seed files, whose rules decide."""

    id: Text
    name: Text
    description: Text
    skill_focus: list[Text]
    estimated_minutes: int
    question_mix: MixIn
    domains: list[DomainIn]

    def as_written(self) -> dict[str, Any]:
        """Return it by the names of the seed files."""
        return self.model_dump(by_alias=True, exclude={"active"})


class ChangedTrack(TrackIn):
    active: Annotated[
        bool | None, Field(description="Activates or deactivates; null or nothing leaves it so")
    ] = None


class MixOut(ResponseBody):
    theoretical: int
    essay: int
    profile: int


class DomainOut(ResponseBody):
    id: str
    name: str
    weight: float
    skills: list[str]
    strength: str
    improvement: str


class TrackContentOut(ResponseBody):
    id: str
    name: str
    description: str
    skill_focus: list[str]
    estimated_minutes: int
    question_mix: MixOut
    domains: list[DomainOut]

    @classmethod
    def of(cls, track: Track) -> Self:
        return cls.model_validate(written_track(track))


class TrackEntryOut(ResponseBody):
    id: str
    version: int
    active: bool
    """Whether it can be taken. A new track is not, until it has the questions that it asks."""
    origin: str
    """`seeds` or `admin`: whose work the content is. Loading seeds leaves an admin's alone."""
    content_hash: str
    content: TrackContentOut

    @classmethod
    def of(cls, entry: TrackEntry) -> Self:
        return cls(
            id=entry.track.id,
            version=entry.track.version,
            active=entry.track.active,
            origin=entry.origin,
            content_hash=entry.content_hash,
            content=TrackContentOut.of(entry.track),
        )


class TrackEntryPageOut(ResponseBody):
    items: list[TrackEntryOut]
    next_cursor: str | None


class AffectedOut(ResponseBody):
    running_assessments: int
    """Of the track, without a result yet: they go on untouched, with the version they have."""


class TrackChangeOut(ResponseBody):
    dry_run: bool
    changed: bool
    """False where all was so already: no version, no audit row."""
    track: TrackEntryOut
    """As it is now, or in a dry run as it would be."""
    changes: list[FieldChangeOut]
    """Of the content, `active` and `origin`; all of them for a new track."""
    affected: AffectedOut

    @classmethod
    def of(cls, change: TrackChange, *, dry_run: bool) -> Self:
        before = _fields(change.before) if change.before else {}
        return cls(
            dry_run=dry_run,
            changed=change.is_change,
            track=TrackEntryOut.of(change.after),
            changes=[
                FieldChangeOut(field=field, before=before.get(field), after=value)
                for field, value in _fields(change.after).items()
                if before.get(field) != value
            ],
            affected=AffectedOut(running_assessments=change.running),
        )


class TrackVersionOut(ResponseBody):
    version: int
    active: bool
    origin: str
    content_hash: str
    content: TrackContentOut
    changed_by: str | None
    """An admin's id; null for the loading of seeds."""
    changed_at: Time | None
    """Null for what was stored before times were."""

    @classmethod
    def of(cls, version: TrackVersion) -> Self:
        entry = version.entry
        return cls(
            version=entry.track.version,
            active=entry.track.active,
            origin=entry.origin,
            content_hash=entry.content_hash,
            content=TrackContentOut.of(entry.track),
            changed_by=version.changed_by,
            changed_at=version.changed_at,
        )


class TrackVersionPageOut(ResponseBody):
    items: list[TrackVersionOut]
    next_cursor: str | None


def _fields(entry: TrackEntry) -> dict[str, Any]:
    state = {"active": entry.track.active, "origin": entry.origin.value}
    return {**state, **written_track(entry.track)}
