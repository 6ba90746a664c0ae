"""Create, change, deactivate, restore and import credentials of the catalog.

Each is refused or done whole: content, history, audit row and, where an embedder is at hand that
costs nothing, the new embedding: in the set that is searched and in the one that is being built.
Otherwise the present text has none until the index is rebuilt, and the old one goes on being
searched. A dry run answers the same and writes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.audit import OPERATOR
from shared.domain.catalog import (
    CatalogChange,
    CatalogEntry,
    CredentialVersion,
    Origin,
    ensure_covered,
    written_form,
)
from shared.domain.credential_text import embedding_text
from shared.domain.errors import EngineError, InvalidContentError, SlugTakenError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.transfer import (
    CredentialRow,
    ImportedRow,
    ImportReport,
    RowAction,
    Sheet,
    faults_of,
    in_order,
    repeated_slugs,
)
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.content_review import (
    ContentReview,
    CredentialDraft,
    ReviewedCredential,
    nobody_waits,
)
from shared.ports.embedder import Embedder
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEditor:
    """What every edit works with."""

    caller: Caller | None
    """None for the operator."""
    is_dry_run: bool
    store: Store
    review: ContentReview
    clock: Clock
    embedder: Embedder | None
    """One without network or price; None leaves embeddings to the next rebuild of the index."""


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
                idempotency,
                resource_id=credential_id,
                now=editor.clock.now(),
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


def import_credentials(
    sheet: Sheet[CredentialRow],
    editor: CatalogEditor,
    *,
    ids: Ids,
    on_each: Callable[[], None] = nobody_waits,
) -> ImportReport[CatalogChange]:
    """Create and update credentials by their slugs, all or none; what is the same stays as it is.

    A dry run answers with the faults of all rows; otherwise `InvalidImportError` names them.
    `CoverageGapError` is raised in both. `on_each` is called for each row that was judged, and for
    each that was written.
    """
    with editor.store.begin() as repositories:
        repositories.catalog.lock()
        known = {
            entry.credential.slug: entry
            for entry in repositories.catalog.find(
                [row.place.slug for row in sheet.rows if row.place.slug]
            )
        }
        befores = [known.get(row.place.slug or "") for row in sheet.rows]
        drafts = [_draft(row, before, ids) for row, before in zip(sheet.rows, befores, strict=True)]
        own = {draft.credential_id for draft in drafts}
        verdicts = editor.review.credentials(
            drafts,
            others=[c for c in repositories.catalog.active() if c.id not in own],
            tracks=repositories.track_catalog.all(),
            on_each=on_each,
        )
        faults = [*sheet.faults, *repeated_slugs(sheet.rows)]
        rows: list[ImportedRow[CatalogChange]] = []
        for row, before, found in zip(sheet.rows, befores, verdicts, strict=True):
            if isinstance(found, InvalidContentError):
                faults += faults_of(row, found)
            else:
                rows.append(_imported(row, before, found))
        report = ImportReport(rows=tuple(rows), faults=in_order(faults))
        changes = [row.change for row in rows if row.change and row.change.is_change]
        _ensure_covered(changes, repositories)
        if editor.is_dry_run:
            return report
        report.ensure_faultless()
        for row in rows:
            if row.change and row.change.is_change:
                _save(f"credential.{row.action}", row.change, editor, repositories)
            on_each()
        _embed(changes, editor, repositories)
        return report


def _draft(row: CredentialRow, before: CatalogEntry | None, ids: Ids) -> CredentialDraft:
    return CredentialDraft(
        written=row.content,
        credential_id=before.credential.id if before else CredentialId(ids.new()),
        kept_hash=before.content_hash if before and before.active else None,
    )


def _imported(
    row: CredentialRow, before: CatalogEntry | None, found: ReviewedCredential
) -> ImportedRow[CatalogChange]:
    is_kept = before and before.active and before.content_hash == found.content_hash
    after = before if before and is_kept else _after(before, found, Origin.ADMIN)
    change = CatalogChange(before=before, after=after, remarks=found.remarks)
    action = RowAction.UPDATED if before else RowAction.CREATED
    return ImportedRow(
        place=row.place, action=action if change.is_change else RowAction.UNCHANGED, change=change
    )


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
    after = _after(before, found, origin)
    return CatalogChange(before=before, after=after, remarks=found.remarks)


def _after(before: CatalogEntry | None, found: ReviewedCredential, origin: Origin) -> CatalogEntry:
    after = CatalogEntry(
        credential=found.credential,
        version=before.version if before else 1,
        active=True,
        origin=origin,
        content_hash=found.content_hash,
    )
    if before and after != before:
        after = replace(after, version=before.version + 1)
    return after


def _write(
    action: str, change: CatalogChange, editor: CatalogEditor, repositories: Repositories
) -> CatalogChange:
    if not change.is_change:
        return change
    _ensure_covered([change], repositories)
    if not editor.is_dry_run:
        _save(action, change, editor, repositories)
        _embed([change], editor, repositories)
    return change


def _save(
    action: str, change: CatalogChange, editor: CatalogEditor, repositories: Repositories
) -> None:
    before, after, now = change.before, change.after, editor.clock.now()
    changed_by = editor.caller.user_id if editor.caller else None
    repositories.catalog.save(after, remarks=change.remarks, changed_by=changed_by, at=now)
    repositories.audit.append(
        actor=changed_by or OPERATOR,
        action=action,
        subject=after.credential.id,
        details={
            "slug": after.credential.slug,
            "version": after.version,
            "before": _audited(before) if before else None,
            "after": _audited(after),
            "warnings": [remark.check for remark in change.remarks],
        },
        at=now,
    )


def _ensure_covered(changes: Sequence[CatalogChange], repositories: Repositories) -> None:
    before = repositories.catalog.active()
    changed = {change.after.credential.id for change in changes}
    after = [credential for credential in before if credential.id not in changed]
    after += [change.after.credential for change in changes if change.after.active]
    track_ids = {track.id for track in repositories.tracks.active()}
    ensure_covered(before, after, track_ids=track_ids)


def _embed(
    changes: Sequence[CatalogChange], editor: CatalogEditor, repositories: Repositories
) -> None:
    """Embed new texts under the lock of the catalog, which a switch of the index takes as well.

    So this sees the sets as they are before the switch or after it, and what the switch finds to
    be complete stays so.
    """
    credentials = [change.after.credential for change in changes if change.after.active]
    if (embedder := editor.embedder) is None or not credentials:
        return
    sets = [s for s in repositories.index.sets() if s.is_kept_up and s.model == embedder.model]
    try:
        vectors = embedder.embed([embedding_text(credential) for credential in credentials])
    except EngineError:
        return  # they stay stale until the index is rebuilt
    for one in sets:
        repositories.index.put(one.id, list(zip(credentials, vectors, strict=True)))


def _without(credential_id: CredentialId, credentials: Sequence[Credential]) -> list[Credential]:
    return [credential for credential in credentials if credential.id != credential_id]


def _audited(entry: CatalogEntry) -> dict[str, Any]:
    return {"hash": entry.content_hash, "active": entry.active, "origin": entry.origin.value}


def _replayed(first: CredentialVersion) -> CatalogChange:
    return CatalogChange(before=None, after=first.entry, remarks=first.remarks, is_replay=True)
