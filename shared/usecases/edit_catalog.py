"""Create, change, deactivate and restore credentials of the catalog.

Each is refused or done whole: content, history, audit row and, where an embedder is at hand that
costs nothing, the new embedding: in the set that is searched and in the one that is being built.
Otherwise the present text has none until the index is rebuilt, and the old one goes on being
searched. A dry run answers the same and writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.catalog import (
    CatalogChange,
    CatalogEntry,
    CredentialVersion,
    Origin,
    written_form,
)
from shared.domain.errors import InvalidContentError, SlugTakenError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.recommendation import Credential, CredentialId
from shared.ports.edited_catalog import (
    CatalogEditor,
    embed_changes,
    ensure_still_covered,
    entry_after,
    save_change,
)
from shared.ports.ids import Ids
from shared.ports.store import Repositories


def create_credential(
    written: Mapping[str, Any],
    editor: CatalogEditor,
    *,
    ids: Ids,
    idempotency: IdempotencyKey | None,
) -> CatalogChange:
    """Add a credential.

    Raises `InvalidContentError`, and `SlugTakenError` also for the slug of a deactivated one.
    """
    credential_id = CredentialId(ids.new())
    with editor.store.begin() as repositories:
        if idempotency and not editor.is_dry_run:
            first = repositories.idempotency.claim(
                idempotency, resource_id=credential_id, now=editor.clock.now()
            )
            if first != credential_id:
                return _replayed(repositories.catalog.version(CredentialId(first), 1))
        repositories.catalog.lock()
        if repositories.catalog.has(slug := str(written.get("id"))):
            raise SlugTakenError(
                f"there is a credential {slug}; change that one, or choose another slug"
            )
        change = _reviewed(written, None, credential_id, editor, repositories)
        return _write("credential.created", change, editor, repositories)


def update_credential(
    credential_id: CredentialId, written: Mapping[str, Any], editor: CatalogEditor
) -> CatalogChange:
    """Replace the content of a credential, which makes it active and the administrators' own.

    Raises `InvalidContentError`, also for another slug, and `CoverageGapError`.
    """
    with editor.store.begin() as repositories:
        repositories.catalog.lock()
        before = repositories.catalog.get(credential_id)
        if written.get("id") != before.credential.slug:
            raise InvalidContentError(
                (("/slug", f"a slug never changes; this one is {before.credential.slug}"),)
            )
        change = _reviewed(written, before, credential_id, editor, repositories)
        return _write("credential.updated", change, editor, repositories)


def deactivate_credential(credential_id: CredentialId, editor: CatalogEditor) -> CatalogChange:
    """Take a credential out of recommendations to come; those given keep their copy.

    Raises `CoverageGapError` when a track would have none of the level left.
    """
    with editor.store.begin() as repositories:
        repositories.catalog.lock()
        before = repositories.catalog.get(credential_id)
        after = before
        if before.active:
            after = replace(before, active=False, origin=Origin.ADMIN, version=before.version + 1)
        change = CatalogChange(before=before, after=after, remarks=())
        return _write("credential.deactivated", change, editor, repositories)


def restore_credential(
    credential_id: CredentialId, version: int, editor: CatalogEditor
) -> CatalogChange:
    """Make the content of an earlier version the present one, active, as a new version.

    Whose work that version was, the seeds' or an administrator's, it becomes again. Raises
    `InvalidContentError` when it would not be accepted today, and `CoverageGapError`.
    """
    with editor.store.begin() as repositories:
        repositories.catalog.lock()
        before = repositories.catalog.get(credential_id)
        wanted = repositories.catalog.version(credential_id, version).entry
        source = wanted.credential.source or before.credential.source
        written = written_form(replace(wanted.credential, source=source))
        change = _reviewed(
            written, before, credential_id, editor, repositories, origin=wanted.origin
        )
        return _write("credential.restored", change, editor, repositories)


def _reviewed(
    written: Mapping[str, Any],
    before: CatalogEntry | None,
    credential_id: CredentialId,
    editor: CatalogEditor,
    repositories: Repositories,
    *,
    origin: Origin = Origin.ADMIN,
) -> CatalogChange:
    others = _without(credential_id, repositories.catalog.active())
    found = editor.review.credential(
        written,
        credential_id=credential_id,
        others=others,
        tracks=repositories.track_catalog.all(),
    )
    after = entry_after(before, found, origin)
    return CatalogChange(before=before, after=after, remarks=found.remarks)


def _write(
    action: str, change: CatalogChange, editor: CatalogEditor, repositories: Repositories
) -> CatalogChange:
    if not change.is_change:
        return change
    ensure_still_covered([change], repositories)
    if not editor.is_dry_run:
        save_change(action, change, editor, repositories)
        embed_changes([change], editor, repositories)
    return change


def _without(credential_id: CredentialId, credentials: Sequence[Credential]) -> list[Credential]:
    return [credential for credential in credentials if credential.id != credential_id]


def _replayed(first: CredentialVersion) -> CatalogChange:
    return CatalogChange(before=None, after=first.entry, remarks=first.remarks, is_replay=True)
