"""The catalog as administrators keep it: versions, whose work each is, and what must not go."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.domain.errors import CoverageGapError
from shared.domain.level import Level
from shared.domain.recommendation import Credential
from shared.domain.user import UserId


class Origin(StrEnum):
    """Whose work the present content is: the seeds leave an administrator's alone."""

    SEEDS = "seeds"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A sign of a fault, for a person to judge."""

    check: str
    """The check's name, in lower case with hyphens."""
    pointer: str
    """JSON pointer into the content; empty for all of it."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """A credential with how it stands in the catalog."""

    credential: Credential
    version: int
    """Counts up from 1, deactivations and restorations included."""
    active: bool
    origin: Origin
    content_hash: str
    """SHA-256 (hex) of what the author wrote, by which the seeds are compared as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialVersion:
    """The entry as one change left it."""

    entry: CatalogEntry
    remarks: tuple[Remark, ...]
    changed_by: UserId | None
    """None for the loading of seeds, and for a person at the terminal."""
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogChange:
    """What an edit did, or in a dry run would do."""

    before: CatalogEntry | None
    after: CatalogEntry
    remarks: tuple[Remark, ...]
    is_replay: bool = False

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSelection:
    """What to list; None selects all."""

    track_id: str | None = None
    level: Level | None = None
    provider: str | None = None
    active: bool | None = None
    text: str | None = None
    """A part of the slug, the title or the provider, in either case."""


def written_form(credential: Credential) -> dict[str, Any]:
    """Return the credential by the names in which authors write it."""
    return {
        "id": credential.slug,
        "title": credential.title,
        "provider": credential.provider,
        "url": credential.url,
        "level": credential.level.value,
        "hours": credential.hours,
        "effort": credential.effort,
        "format": credential.format.value,
        "skills": list(credential.skills),
        "tracks": list(credential.tracks),
        "description": credential.description,
        "outcomes": list(credential.outcomes),
        "source": credential.source,
    }


def ensure_covered(
    before: Iterable[Credential], after: Iterable[Credential], *, track_ids: Collection[str]
) -> None:
    """Raise `CoverageGapError` if one of the tracks loses its last credential of a level."""
    lost = _offered(before) - _offered(after)
    gaps = sorted((track, level.rank, level) for track, level in lost if track in track_ids)
    if gaps:
        named = ", ".join(f"{level} credential of {track}" for track, _, level in gaps)
        raise CoverageGapError(f"this is the last active {named}; add another one first")


def _offered(credentials: Iterable[Credential]) -> set[tuple[str, Level]]:
    return {(track, credential.level) for credential in credentials for track in credential.tracks}
