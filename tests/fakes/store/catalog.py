from collections.abc import Collection, Sequence
from datetime import datetime

from shared.domain.catalog import (
    CatalogEntry,
    CredentialSelection,
    CredentialVersion,
    Remark,
)
from shared.domain.errors import NotFoundError, SlugTakenError
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.user import UserId
from shared.ports.store import CatalogPage
from tests.fakes.store.state import State


class FakeCatalogRepository:
    def __init__(self, state: State) -> None:
        self._entries = state.credentials
        self._versions = state.credential_versions

    def lock(self) -> None:
        """Transactions of this store take turns anyway."""

    def get(self, credential_id: CredentialId) -> CatalogEntry:
        for entry in self._entries.values():
            if entry.credential.id == credential_id:
                return entry
        raise NotFoundError(f"no credential {credential_id}")

    def find(self, slugs: Collection[str]) -> tuple[CatalogEntry, ...]:
        return tuple(self._entries[slug] for slug in sorted(set(slugs) & self._entries.keys()))

    def has(self, slug: str) -> bool:
        return slug in self._entries

    def active(self) -> tuple[Credential, ...]:
        return tuple(e.credential for _, e in sorted(self._entries.items()) if e.active)

    def page(self, selection: CredentialSelection, *, limit: int, after: str | None) -> CatalogPage:
        found = [
            entry
            for slug, entry in sorted(self._entries.items())
            if (after is None or slug > after) and _is_selected(entry, selection)
        ]
        items = tuple(found[:limit])
        has_more = len(found) > limit
        return CatalogPage(items=items, next_cursor=items[-1].credential.slug if has_more else None)

    def save(
        self,
        entry: CatalogEntry,
        *,
        remarks: Sequence[Remark],
        changed_by: UserId | None,
        at: datetime,
    ) -> None:
        credential = entry.credential
        if entry.version == 1 and credential.slug in self._entries:
            raise SlugTakenError(f"there is a credential {credential.slug}")
        if (credential.id, entry.version) in self._versions:
            raise ValueError(f"there is a version {entry.version}")
        self._entries[credential.slug] = entry
        self._versions[credential.id, entry.version] = CredentialVersion(
            entry=entry, remarks=tuple(remarks), changed_by=changed_by, changed_at=at
        )

    def versions(self, credential_id: CredentialId) -> tuple[CredentialVersion, ...]:
        found = [v for (owner, _), v in sorted(self._versions.items()) if owner == credential_id]
        if not found:
            raise NotFoundError(f"no credential {credential_id}")
        return tuple(reversed(found))

    def version(self, credential_id: CredentialId, version: int) -> CredentialVersion:
        if (credential_id, version) not in self._versions:
            raise NotFoundError(f"no version {version} of credential {credential_id}")
        return self._versions[credential_id, version]


def _is_selected(entry: CatalogEntry, selection: CredentialSelection) -> bool:
    credential = entry.credential
    said = f"{credential.slug} {credential.title} {credential.provider}".lower()
    return (
        (selection.track_id is None or selection.track_id in credential.tracks)
        and (selection.level is None or selection.level is credential.level)
        and (selection.provider is None or selection.provider == credential.provider)
        and (selection.active is None or selection.active == entry.active)
        and (selection.text is None or selection.text.lower() in said)
    )
