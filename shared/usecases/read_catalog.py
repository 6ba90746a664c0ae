"""What administrators see of the catalog: entries, their histories, the state of the index."""

from shared.domain.catalog import (
    CatalogEntry,
    CredentialSelection,
    CredentialVersion,
    IndexState,
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


def get_index(model: str, *, store: Store) -> IndexState:
    with store.begin() as repositories:
        return repositories.catalog.index(model)
