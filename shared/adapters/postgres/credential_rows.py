"""Credentials as rows of the catalog and of its history."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.payload import from_payload, to_payload
from shared.adapters.postgres.statements import insert_many
from shared.adapters.postgres.tables import credential_versions
from shared.domain.catalog import CatalogEntry, CredentialVersion, Origin, Remark
from shared.domain.credential_text import content_hash as hash_text
from shared.domain.credential_text import embedding_text
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialFormat, CredentialId
from shared.domain.user import UserId


def from_entry(entry: CatalogEntry) -> dict[str, Any]:
    """Return all columns but the id."""
    credential = entry.credential
    return {
        "slug": credential.slug,
        "active": entry.active,
        "version": entry.version,
        "origin": entry.origin,
        "content_hash": entry.content_hash,
        "text_hash": hash_text(embedding_text(credential)),
        "title": credential.title,
        "provider": credential.provider,
        "url": credential.url,
        "level": credential.level,
        "hours": credential.hours,
        "effort": credential.effort,
        "format": credential.format,
        "skills": list(credential.skills),
        "tracks": list(credential.tracks),
        "description": credential.description,
        "outcomes": list(credential.outcomes),
        "source": credential.source,
    }


def to_credential(row: Any) -> Credential:
    return Credential(
        id=CredentialId(row.id),
        slug=row.slug,
        title=row.title,
        provider=row.provider,
        url=row.url,
        level=Level(row.level),
        hours=row.hours,
        effort=row.effort,
        format=CredentialFormat(row.format),
        skills=tuple(row.skills),
        tracks=tuple(row.tracks),
        description=row.description,
        outcomes=tuple(row.outcomes),
        source=row.source,
    )


def to_entry(row: Any) -> CatalogEntry:
    return CatalogEntry(
        credential=to_credential(row),
        version=row.version,
        active=row.active,
        origin=Origin(row.origin),
        content_hash=row.content_hash,
    )


def add_versions(
    connection: sa.Connection,
    entries: Iterable[CatalogEntry],
    *,
    remarks: Sequence[Remark] = (),
    changed_by: UserId | None = None,
    at: Any = None,
) -> None:
    """Append the entries to their histories, without a time at that of the transaction."""
    changed_at = at or connection.scalar(sa.select(sa.func.now()))
    rows = [
        {
            "credential_id": entry.credential.id,
            "version": entry.version,
            "active": entry.active,
            "origin": entry.origin,
            "content_hash": entry.content_hash,
            "body": to_payload(Credential, entry.credential),
            "remarks": to_payload(tuple[Remark, ...], tuple(remarks)),
            "changed_by": changed_by,
            "changed_at": changed_at,
        }
        for entry in entries
    ]
    insert_many(connection, insert(credential_versions), rows)


def to_version(row: Any) -> CredentialVersion:
    return CredentialVersion(
        entry=CatalogEntry(
            credential=from_payload(Credential, row.body),
            version=row.version,
            active=row.active,
            origin=Origin(row.origin),
            content_hash=row.content_hash,
        ),
        remarks=from_payload(tuple[Remark, ...], row.remarks),
        changed_by=UserId(row.changed_by) if row.changed_by else None,
        changed_at=row.changed_at,
    )
