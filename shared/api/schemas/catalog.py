"""Bodies of the catalog's administration."""

from typing import Annotated, Any, Self

from pydantic import Field

from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.domain.catalog import CatalogChange, CatalogEntry, CredentialVersion, Remark
from shared.domain.recommendation import Credential


class CredentialIn(RequestBody):
    """As in the seed files, but for `slug`, which is `id` there. The seeds' rules decide."""

    slug: Text
    title: Text
    provider: Text
    url: Text
    level: Annotated[Text, Field(description="beginner, intermediate or advanced")]
    hours: float | None = None
    effort: Text | None = None
    format: Annotated[
        Text,
        Field(description="course, certification, specialization, project or learning_path"),
    ]
    skills: list[Text]
    tracks: list[Text]
    description: Text
    outcomes: list[Text]
    source: Text

    def as_written(self) -> dict[str, Any]:
        """Return it by the names of the seed files."""
        written = self.model_dump()
        return {"id": written.pop("slug"), **written}


class VersionIn(RequestBody):
    version: Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]


class CredentialContentOut(ResponseBody):
    slug: str
    title: str
    provider: str
    url: str
    level: str
    hours: float | None
    effort: str | None
    format: str
    skills: list[str]
    tracks: list[str]
    description: str
    outcomes: list[str]
    source: str

    @classmethod
    def of(cls, credential: Credential) -> Self:
        return cls(
            slug=credential.slug,
            title=credential.title,
            provider=credential.provider,
            url=credential.url,
            level=credential.level,
            hours=credential.hours,
            effort=credential.effort,
            format=credential.format,
            skills=list(credential.skills),
            tracks=list(credential.tracks),
            description=credential.description,
            outcomes=list(credential.outcomes),
            source=credential.source,
        )


class CatalogEntryOut(ResponseBody):
    id: str | None
    """Null for what a dry run would create."""
    version: int
    active: bool
    origin: str
    """`seeds` or `admin`: whose work the content is. Loading seeds leaves an admin's alone."""
    content_hash: str
    content: CredentialContentOut

    @classmethod
    def of(cls, entry: CatalogEntry, *, has_id: bool = True) -> Self:
        return cls(
            id=entry.credential.id if has_id else None,
            version=entry.version,
            active=entry.active,
            origin=entry.origin,
            content_hash=entry.content_hash,
            content=CredentialContentOut.of(entry.credential),
        )


class CatalogEntryPage(ResponseBody):
    items: list[CatalogEntryOut]
    next_cursor: str | None


class RemarkOut(ResponseBody):
    check: str
    pointer: str
    detail: str

    @classmethod
    def of(cls, remark: Remark) -> Self:
        return cls(check=remark.check, pointer=remark.pointer, detail=remark.message)


class FieldChangeOut(ResponseBody):
    field: str
    before: Any
    after: Any


class CatalogChangeOut(ResponseBody):
    dry_run: bool
    changed: bool
    """False where all was so already: no version, no audit row."""
    credential: CatalogEntryOut
    """As it is now, or in a dry run as it would be."""
    changes: list[FieldChangeOut]
    """Of the content, `active` and `origin`; all of them for a new credential."""
    warnings: list[RemarkOut]

    @classmethod
    def of(cls, change: CatalogChange, *, dry_run: bool) -> Self:
        before = _fields(change.before) if change.before else {}
        after = _fields(change.after)
        return cls(
            dry_run=dry_run,
            changed=change.is_change,
            credential=CatalogEntryOut.of(
                change.after, has_id=not dry_run or change.before is not None
            ),
            changes=[
                FieldChangeOut(field=field, before=before.get(field), after=value)
                for field, value in after.items()
                if before.get(field) != value
            ],
            warnings=[RemarkOut.of(remark) for remark in change.remarks],
        )


class CredentialVersionOut(ResponseBody):
    version: int
    active: bool
    origin: str
    content_hash: str
    content: CredentialContentOut
    warnings: list[RemarkOut]
    changed_by: str | None
    """An admin's id; null for the loading of seeds."""
    changed_at: Time

    @classmethod
    def of(cls, version: CredentialVersion) -> Self:
        entry = version.entry
        return cls(
            version=entry.version,
            active=entry.active,
            origin=entry.origin,
            content_hash=entry.content_hash,
            content=CredentialContentOut.of(entry.credential),
            warnings=[RemarkOut.of(remark) for remark in version.remarks],
            changed_by=version.changed_by,
            changed_at=version.changed_at,
        )


class CredentialVersionPage(ResponseBody):
    items: list[CredentialVersionOut]
    next_cursor: str | None


def _fields(entry: CatalogEntry) -> dict[str, Any]:
    state = {"active": entry.active, "origin": entry.origin.value}
    return {**state, **CredentialContentOut.of(entry.credential).model_dump()}
