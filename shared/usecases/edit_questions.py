"""Create, change, deactivate, restore and import questions.

Each is refused or done whole, with its audit row. Assessments that run keep the version they were
started with. A dry run answers the same and writes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.audit import OPERATOR
from shared.domain.catalog import Origin
from shared.domain.errors import InvalidContentError, NotFoundError, SlugTakenError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.question import QuestionId, QuestionType
from shared.domain.question_bank import (
    BankChange,
    BankEntry,
    QuestionVersion,
    ensure_pools,
    written_question,
)
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
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.content_review import (
    ContentReview,
    QuestionDraft,
    ReviewedQuestion,
    nobody_waits,
)
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenQuestion:
    """A question by the names of the seed files, and what there its place says."""

    track_id: TrackId
    kind: QuestionType
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEditor:
    """What every edit works with."""

    caller: Caller | None
    """None for the operator."""
    is_dry_run: bool
    store: Store
    review: ContentReview
    clock: Clock


def create_question(
    written: WrittenQuestion,
    editor: QuestionEditor,
    *,
    ids: Ids,
    idempotency: IdempotencyKey | None,
) -> BankChange:
    """Add a question to the pool of a track, which need not be active yet.

    Raises `InvalidContentError`, and `SlugTakenError` also for the slug of a deactivated one.
    """
    question_id = QuestionId(ids.new())
    with editor.store.begin() as repositories:
        if idempotency and not editor.is_dry_run:
            first = repositories.idempotency.claim(
                idempotency,
                resource_id=question_id,
                now=editor.clock.now(),
            )
            if first != question_id:
                return _replayed(repositories.bank.version(QuestionId(first), 1))
        repositories.bank.lock()
        if repositories.bank.has(slug := str(written.content.get("id"))):
            raise SlugTakenError(
                f"there is a question {slug}; change that one, or choose another slug"
            )
        change = _reviewed(written, None, question_id, editor, repositories)
        return _write("question.created", change, editor, repositories)


def update_question(
    question_id: QuestionId, written: WrittenQuestion, editor: QuestionEditor
) -> BankChange:
    """Replace the content of a question, which makes it active and the administrators' own.

    Raises `InvalidContentError`, also for another slug, track or type.
    """
    with editor.store.begin() as repositories:
        repositories.bank.lock()
        before = repositories.bank.get(question_id)
        _ensure_same(written, before)
        change = _reviewed(written, before, question_id, editor, repositories)
        return _write("question.updated", change, editor, repositories)


def deactivate_question(question_id: QuestionId, editor: QuestionEditor) -> BankChange:
    """Ask a question no more in assessments to come.

    Raises `PoolTooSmallError` when its track would have too few of its type left.
    """
    with editor.store.begin() as repositories:
        repositories.bank.lock()
        before = repositories.bank.get(question_id)
        after = replace(before, active=False, origin=Origin.ADMIN) if before.active else before
        change = BankChange(before=before, after=after, remarks=())
        return _write("question.deactivated", change, editor, repositories)


def restore_question(question_id: QuestionId, version: int, editor: QuestionEditor) -> BankChange:
    """Make the content of an earlier version the present one, active.

    Whose work that version was, the seeds' or an administrator's, it becomes again. Raises
    `InvalidContentError` when it would not be accepted today.
    """
    with editor.store.begin() as repositories:
        repositories.bank.lock()
        before = repositories.bank.get(question_id)
        wanted = repositories.bank.version(question_id, version)
        written = WrittenQuestion(
            track_id=TrackId(wanted.question.track_id),
            kind=wanted.question.type,
            content=written_question(wanted.question),
        )
        change = _reviewed(written, before, question_id, editor, repositories, origin=wanted.origin)
        return _write("question.restored", change, editor, repositories)


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
        _ensure_pools([row.change for row in rows if row.change], repositories)
        if editor.is_dry_run:
            return report
        report.ensure_faultless()
        for row in rows:
            if row.change and row.change.is_change:
                _save(f"question.{row.action}", row.change, editor, repositories)
            on_each()
        return report


def _misplaced(
    row: QuestionRow, before: BankEntry | None, tracks: Mapping[TrackId, Track]
) -> list[RowFault]:
    """Return what is wrong with where the row would put its question."""
    found: list[tuple[str, str]] = []
    if before:
        written = WrittenQuestion(track_id=row.track_id, kind=row.kind, content=row.content)
        found += _differences(written, before)
    elif row.track_id not in tracks:
        found.append(_no_track(row.track_id))
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
        after = before if is_kept else _after(before, found, Origin.ADMIN)
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


def _ensure_same(written: WrittenQuestion, before: BankEntry) -> None:
    if faults := _differences(written, before):
        raise InvalidContentError(tuple(faults))


def _differences(written: WrittenQuestion, before: BankEntry) -> list[tuple[str, str]]:
    question = before.question
    return [
        (f"/{name}", f"this never changes; it is {kept}")
        for name, said, kept in (
            ("slug", written.content.get("id"), question.slug),
            ("trackId", written.track_id, question.track_id),
            ("type", written.kind, question.type),
        )
        if said != kept
    ]


def _reviewed(
    written: WrittenQuestion,
    before: BankEntry | None,
    question_id: QuestionId,
    editor: QuestionEditor,
    repositories: Repositories,
    *,
    origin: Origin = Origin.ADMIN,
) -> BankChange:
    found = editor.review.question(
        written.content,
        kind=written.kind,
        question_id=question_id,
        track=_track(written.track_id, repositories),
        others=[q for q in repositories.bank.active() if q.id != question_id],
    )
    after = _after(before, found, origin)
    return BankChange(before=before, after=after, remarks=found.remarks)


def _after(before: BankEntry | None, found: ReviewedQuestion, origin: Origin) -> BankEntry:
    version = before.question.version if before else 1
    if before and before.content_hash != found.content_hash:
        version += 1
    return BankEntry(
        question=replace(found.question, version=version),
        active=True,
        origin=origin,
        content_hash=found.content_hash,
    )


def _track(track_id: TrackId, repositories: Repositories) -> Track:
    try:
        return repositories.track_catalog.get(track_id).track
    except NotFoundError:
        raise InvalidContentError((_no_track(track_id),)) from None


def _no_track(track_id: TrackId) -> tuple[str, str]:
    return "/trackId", f"there is no track {track_id!r}"


def _write(
    action: str, change: BankChange, editor: QuestionEditor, repositories: Repositories
) -> BankChange:
    if not change.is_change:
        return change
    _ensure_pools([change], repositories)
    if not editor.is_dry_run:
        _save(action, change, editor, repositories)
    return change


def _ensure_pools(changes: Sequence[BankChange], repositories: Repositories) -> None:
    pool = repositories.bank.active()
    changed = {change.after.question.id for change in changes}
    left = [q for q in pool if q.id not in changed]
    left += [change.after.question for change in changes if change.after.active]
    ensure_pools(pool, left, repositories.tracks.active())


def _save(
    action: str, change: BankChange, editor: QuestionEditor, repositories: Repositories
) -> None:
    before, after, now = change.before, change.after, editor.clock.now()
    changed_by = editor.caller.user_id if editor.caller else None
    repositories.bank.save(after, remarks=change.remarks, changed_by=changed_by, at=now)
    repositories.audit.append(
        actor=changed_by or OPERATOR,
        action=action,
        subject=after.question.id,
        details={
            "slug": after.question.slug,
            "version": after.question.version,
            "before": _audited(before) if before else None,
            "after": _audited(after),
            "warnings": [remark.check for remark in change.remarks],
        },
        at=now,
    )


def _audited(entry: BankEntry) -> dict[str, Any]:
    return {"hash": entry.content_hash, "active": entry.active, "origin": entry.origin.value}


def _replayed(first: QuestionVersion) -> BankChange:
    entry = BankEntry(
        question=first.question,
        active=True,
        origin=first.origin,
        content_hash=first.content_hash,
    )
    return BankChange(before=None, after=entry, remarks=first.remarks, is_replay=True)
