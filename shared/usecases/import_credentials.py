"""Create and change credentials by a file: all of it, or with a fault nothing."""

from collections.abc import Callable

from shared.domain.catalog import CatalogChange, CatalogEntry, Origin
from shared.domain.errors import InvalidContentError
from shared.domain.recommendation import CredentialId
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
from shared.ports.content_review import CredentialDraft, ReviewedCredential, nobody_waits
from shared.ports.edited_catalog import (
    CatalogEditor,
    embed_changes,
    ensure_still_covered,
    entry_after,
    save_change,
)
from shared.ports.ids import Ids


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
        ensure_still_covered(changes, repositories)
        if editor.is_dry_run:
            return report
        report.ensure_faultless()
        for row in rows:
            if row.change and row.change.is_change:
                save_change(f"credential.{row.action}", row.change, editor, repositories)
            on_each()
        embed_changes(changes, editor, repositories)
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
    after = before if before and is_kept else entry_after(before, found, Origin.ADMIN)
    change = CatalogChange(before=before, after=after, remarks=found.remarks)
    action = RowAction.UPDATED if before else RowAction.CREATED
    return ImportedRow(
        place=row.place, action=action if change.is_change else RowAction.UNCHANGED, change=change
    )
