"""Import and export past the API, in the database that DATABASE_URL names, whatever the size."""

import os
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from local_stack import terminal
from local_stack.database import open_store
from local_stack.errors import LocalStackError
from local_stack.settings import ROOT, Settings
from local_stack.transfer_files import CREDENTIAL_FILES
from shared.adapters.content_files.files import SeedAndQtiFiles
from shared.adapters.content_review import SeedContentReview
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.seed_files.source import read_skills
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.api.schemas.transfer import ImportOut, Report
from shared.domain.catalog import CatalogChange, CredentialSelection
from shared.domain.errors import (
    CoverageGapError,
    InvalidContentError,
    InvalidImportError,
    InvalidInputError,
    PoolTooSmallError,
)
from shared.domain.question import QuestionType
from shared.domain.question_bank import BankChange
from shared.domain.track import TrackId
from shared.domain.transfer import CredentialRow, ImportReport, QuestionRow, Sheet
from shared.ports.content_files import (
    CatalogFormat,
    Defaults,
    Download,
    QuestionFormat,
    Upload,
)
from shared.ports.edited_catalog import CatalogEditor
from shared.ports.edited_questions import QuestionEditor
from shared.ports.store import Store
from shared.usecases.export_content import export_credentials, export_questions
from shared.usecases.import_credentials import import_credentials
from shared.usecases.import_questions import import_questions

SEEDS: Final = ROOT / "seeds"
MOST_ROWS: Final = 100_000
"""No request waits here, and a bar shows how long it takes."""
FILES: Final = SeedAndQtiFiles(most_rows=MOST_ROWS)

Progress = Callable[[], None]


class Work(Protocol):
    def __call__(self, store: Store, on_each: Progress, *, is_dry_run: bool) -> Report:
        """Import into the store, or only judge; call `on_each` for each row."""
        ...


def import_upload(upload: Upload, defaults: Defaults, *, is_dry_run: bool) -> ImportOut:
    """Return what was done, or with faults what a preview says."""
    work: Work
    if upload.type in CREDENTIAL_FILES:
        credentials = FILES.read_credentials(upload)
        count, work = len(credentials.rows), partial(_import_credentials, credentials)
    else:
        questions = FILES.read_questions(upload, defaults)
        count, work = len(questions.rows), partial(_import_questions, questions)
    report = (_preview if is_dry_run else _apply)(work, count)
    return ImportOut.of(report, dry_run=is_dry_run)


def questions_file(
    format: QuestionFormat, *, track: str | None, kind: QuestionType | None
) -> Download:
    with open_store() as store:
        try:
            return export_questions(
                format,
                track_id=TrackId(track) if track else None,
                kind=kind,
                files=FILES,
                store=store,
            )
        except InvalidInputError as error:
            raise LocalStackError(f"{error}.", "Leave --track out to get all.") from None
        except InvalidContentError as error:
            raise LocalStackError(f"Nothing was written: {error}.", "") from None


def credentials_file(format: CatalogFormat, selection: CredentialSelection) -> Download:
    with open_store() as store:
        return export_credentials(format, selection, files=FILES, store=store)


def _preview(work: Work, count: int) -> Report:
    return _run(work, "Judging", count, is_dry_run=True)


def _apply(work: Work, count: int) -> Report:
    try:
        # Each row is judged first and written then.
        return _run(work, "Importing", 2 * count, is_dry_run=False)
    except InvalidImportError:
        return _preview(work, count)


def _run(work: Work, name: str, steps: int, *, is_dry_run: bool) -> Report:
    with open_store() as store, terminal.progress(name, steps) as on_each:
        try:
            return work(store, on_each, is_dry_run=is_dry_run)
        except (PoolTooSmallError, CoverageGapError) as error:
            raise LocalStackError(f"Nothing was imported: {error}.", "") from None


def _import_questions(
    sheet: Sheet[QuestionRow],
    store: Store,
    on_each: Progress,
    *,
    is_dry_run: bool,
) -> ImportReport[BankChange]:
    editor = QuestionEditor(
        caller=None,
        is_dry_run=is_dry_run,
        store=store,
        review=SeedContentReview(read_skills(SEEDS)),
        clock=SystemClock(),
    )
    return import_questions(sheet, editor, ids=Uuid7Ids(), on_each=on_each)


def _import_credentials(
    sheet: Sheet[CredentialRow],
    store: Store,
    on_each: Progress,
    *,
    is_dry_run: bool,
) -> ImportReport[CatalogChange]:
    is_offline = Settings.read(os.environ).engine == "offline"
    editor = CatalogEditor(
        caller=None,
        is_dry_run=is_dry_run,
        store=store,
        review=SeedContentReview(read_skills(SEEDS)),
        clock=SystemClock(),
        embedder=OfflineEmbedder() if is_offline else None,
    )
    return import_credentials(sheet, editor, ids=Uuid7Ids(), on_each=on_each)
