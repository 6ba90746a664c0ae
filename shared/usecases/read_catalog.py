"""What administrators see of the catalog: entries and their histories."""

from shared.domain.catalog import (
    CatalogEntry,
    CredentialSelection,
    CredentialVersion,
)
from shared.domain.recommendation import CredentialId
from shared.ports.store import CatalogPage, Store


def list_credentials(
    selection: CredentialSelection, *, limit: int, after: str | None, store: Store
) -> CatalogPage:
    with store.begin() as repositories:
        return repositories.catalog.page(selection, limit=limit, after=after)


def get_credential(credential_id: CredentialId, *, store: Store) -> CatalogEntry:
    with store.begin() as repositories:
        return repositories.catalog.get(credential_id)


def list_credential_versions(
    credential_id: CredentialId, *, store: Store
) -> tuple[CredentialVersion, ...]:
    """Return all of them, newest first."""
    with store.begin() as repositories:
        return repositories.catalog.versions(credential_id)
