"""Create, change, deactivate and restore questions.

Each is refused or done whole, with its audit row. Assessments that run keep the version they were
started with. A dry run answers the same and writes nothing.
"""

from dataclasses import replace

from shared.domain.catalog import Origin
from shared.domain.errors import InvalidContentError, NotFoundError, SlugTakenError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.question import QuestionId
from shared.domain.question_bank import BankChange, BankEntry, QuestionVersion, written_question
from shared.domain.track import Track, TrackId
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
from shared.ports.store import Repositories


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
                idempotency, resource_id=question_id, now=editor.clock.now()
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


def _ensure_same(written: WrittenQuestion, before: BankEntry) -> None:
    if faults := differences(written, before):
        raise InvalidContentError(tuple(faults))


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
    after = entry_after(before, found, origin)
    return BankChange(before=before, after=after, remarks=found.remarks)


def _track(track_id: TrackId, repositories: Repositories) -> Track:
    try:
        return repositories.track_catalog.get(track_id).track
    except NotFoundError:
        raise InvalidContentError((no_track(track_id),)) from None


def _write(
    action: str, change: BankChange, editor: QuestionEditor, repositories: Repositories
) -> BankChange:
    if not change.is_change:
        return change
    ensure_pools_suffice([change], repositories)
    if not editor.is_dry_run:
        save_change(action, change, editor, repositories)
    return change


def _replayed(first: QuestionVersion) -> BankChange:
    entry = BankEntry(
        question=first.question,
        active=True,
        origin=first.origin,
        content_hash=first.content_hash,
    )
    return BankChange(before=None, after=entry, remarks=first.remarks, is_replay=True)
