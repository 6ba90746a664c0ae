"""Create, change and deactivate questions by a file: all of it, or with a fault nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from shared.domain.catalog import Origin
from shared.domain.errors import InvalidContentError
from shared.domain.question import QuestionId
from shared.domain.question_bank import BankChange, BankEntry
from shared.domain.track import Track, TrackId
from shared.domain.transfer import (
    ImportedRow,
    ImportReport,
    QuestionRow,
    RowAction,
    RowFault,
    Sheet,
    faults_of,
    in_order,
    repeated_slugs,
)
from shared.ports.content_review import QuestionDraft, ReviewedQuestion, nobody_waits
from shared.ports.edited_questions import (
    QuestionEditor,
    WrittenQuestion,
    differences,
    ensure_pools_suffice,
    entry_after,
    no_track,
    save_change,
)
from shared.ports.ids import Ids


def import_questions(
    sheet: Sheet[QuestionRow],
    editor: QuestionEditor,
    *,
    ids: Ids,
    on_each: Callable[[], None] = nobody_waits,
) -> ImportReport[BankChange]:
    """Create and update questions by their slugs, all or none; what is the same stays as it is.

    A row that says `active: false` deactivates. A dry run answers with the faults of all rows;
    otherwise `InvalidImportError` names them. `PoolTooSmallError` is raised in both. `on_each` is
    called for each row that was judged, and for each that was written.
    """
    with editor.store.begin() as repositories:
        repositories.bank.lock()
        known = {
            entry.question.slug: entry
            for entry in repositories.bank.find([r.place.slug for r in sheet.rows if r.place.slug])
        }
        tracks = {track.id: track for track in repositories.track_catalog.all()}
        faults = [*sheet.faults, *repeated_slugs(sheet.rows)]
        drafts: list[tuple[QuestionRow, QuestionDraft]] = []
        for row in sheet.rows:
            before = known.get(row.place.slug or "")
            if wrong := _misplaced(row, before, tracks):
                faults += wrong
                on_each()
            else:
                drafts.append((row, _draft(row, before, tracks[row.track_id], ids)))
        own = {draft.question_id for _, draft in drafts}
        verdicts = editor.review.questions(
            [draft for _, draft in drafts],
            others=[q for q in repositories.bank.active() if q.id not in own],
            on_each=on_each,
        )
        rows: list[ImportedRow[BankChange]] = []
        for (row, _), found in zip(drafts, verdicts, strict=True):
            if isinstance(found, InvalidContentError):
                faults += faults_of(row, found)
            else:
                rows.append(_imported(row, known.get(found.question.slug), found))
        report = ImportReport(rows=tuple(rows), faults=in_order(faults))
        ensure_pools_suffice([row.change for row in rows if row.change], repositories)
        if editor.is_dry_run:
            return report
        report.ensure_faultless()
        for row in rows:
            if row.change and row.change.is_change:
                save_change(f"question.{row.action}", row.change, editor, repositories)
            on_each()
        return report


def _misplaced(
    row: QuestionRow, before: BankEntry | None, tracks: Mapping[TrackId, Track]
) -> list[RowFault]:
    """Return what is wrong with where the row would put its question."""
    found: list[tuple[str, str]] = []
    if before:
        written = WrittenQuestion(track_id=row.track_id, kind=row.kind, content=row.content)
        found += differences(written, before)
    elif row.track_id not in tracks:
        found.append(no_track(row.track_id))
    return [RowFault(place=row.place, pointer=p, detail=d) for p, d in found]


def _draft(row: QuestionRow, before: BankEntry | None, track: Track, ids: Ids) -> QuestionDraft:
    return QuestionDraft(
        written=row.content,
        kind=row.kind,
        question_id=before.question.id if before else QuestionId(ids.new()),
        track=track,
        kept_hash=before.content_hash if before and before.active else None,
    )


def _imported(
    row: QuestionRow, before: BankEntry | None, found: ReviewedQuestion
) -> ImportedRow[BankChange]:
    if found.active:
        is_kept = before and before.active and before.content_hash == found.content_hash
        after = before if is_kept else entry_after(before, found, Origin.ADMIN)
    elif before and before.active:
        after = replace(before, active=False, origin=Origin.ADMIN)
    else:
        after = before
    if after is None:
        return ImportedRow(place=row.place, action=RowAction.UNCHANGED, change=None)
    change = BankChange(before=before, after=after, remarks=found.remarks)
    action = RowAction.UPDATED if before else RowAction.CREATED
    if not after.active:
        action = RowAction.DEACTIVATED
    return ImportedRow(
        place=row.place, action=action if change.is_change else RowAction.UNCHANGED, change=change
    )
