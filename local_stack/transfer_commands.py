"""`assay content`: questions and credentials as files, in and out of the database."""

import io
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter

from local_stack import terminal
from local_stack.access import ANYWHERE, Access
from local_stack.api import RefusedError
from local_stack.database import open_store
from local_stack.errors import LocalStackError
from local_stack.settings import ROOT, Settings
from local_stack.terminal import AsJson
from shared.adapters.content_files.archive import pack
from shared.adapters.content_files.files import POOL, SeedAndQtiFiles
from shared.adapters.content_review import SeedContentReview
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.seed_files.source import read_skills
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.api.schemas.transfer import ImportChangeOut, ImportErrorOut, ImportOut, Report
from shared.domain.catalog import CatalogChange, CredentialSelection
from shared.domain.errors import (
    CoverageGapError,
    InvalidContentError,
    InvalidImportError,
    InvalidInputError,
    PoolTooSmallError,
)
from shared.domain.level import Level
from shared.domain.question import QuestionType
from shared.domain.question_bank import BankChange
from shared.domain.track import TrackId
from shared.domain.transfer import CredentialRow, ImportReport, Place, QuestionRow, Sheet
from shared.ports.content_files import (
    CatalogFormat,
    Defaults,
    Download,
    FileType,
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
TYPES: Final = {
    ".yaml": FileType.YAML,
    ".yml": FileType.YAML,
    ".xml": FileType.XML,
    ".zip": FileType.ZIP,
    ".csv": FileType.CSV,
    ".json": FileType.JSON,
}
PACKED: Final = frozenset({".yaml", ".yml", ".xml"})
MOST_ROWS: Final = 100_000
"""No request waits here, and a bar shows how long it takes."""
CREDENTIAL_FILES: Final = frozenset({FileType.CSV, FileType.JSON})
TOO_LARGE: Final = frozenset({"body_too_large", "export_too_large"})
FILES: Final = SeedAndQtiFiles(most_rows=MOST_ROWS)

DryRun = Annotated[bool, Parameter(negative="")]
Progress = Callable[[], None]

content: Final = App(name="content", help="Import and export questions and credentials.")
export: Final = App(name="export", help="Write what is active to a file.")
content.command(export)


@content.command(name="import")
def import_file(
    file: Path,
    *,
    track: str | None = None,
    type: QuestionType | None = None,
    domain: str | None = None,
    level: Level | None = None,
    dry_run: DryRun = False,
    access: Access = ANYWHERE,
    as_json: AsJson = False,
) -> int:
    """Create and update questions and credentials from a file: all of it, or with a fault nothing.

    Questions come as YAML of the seeds, as a QTI 3.0 item, or as a zip or a folder of such files;
    credentials as CSV or JSON. The exit code is 1 when there are faults. Over HTTP a file may have
    1,000 rows and 4 MB; into the database that DATABASE_URL names, as many as it takes.

    Args:
        file: What to import; its ending says what it is.
        track: The track of questions that do not say it; in a folder of seeds the path does.
        type: Their type.
        domain: Their domain, where a QTI item does not say it.
        level: Their level, where a QTI item does not say it.
        dry_run: Say what would change, and write nothing.
        as_json: Print what was done as JSON for scripts.
    """
    upload = _upload(file)
    path = POOL.search(file.absolute().as_posix())
    defaults = Defaults(
        track_id=track or (path[1] if path else None),
        kind=type or (QuestionType(path[2]) if path else None),
        domain=domain,
        level=level,
    )
    if _is_database_named(access):
        out = _import_into_database(upload, defaults, is_dry_run=dry_run)
    else:
        out = _import_over_http(upload, defaults, access, is_dry_run=dry_run)
    if as_json:
        terminal.print_json(out.model_dump(mode="json", by_alias=True))
    else:
        _print(out)
    return 1 if out.refused else 0


@export.command(name="questions")
def questions_to_file(
    file: Path,
    *,
    format: QuestionFormat = QuestionFormat.YAML,
    track: str | None = None,
    type: QuestionType | None = None,
    access: Access = ANYWHERE,
) -> None:
    """Write the active questions: of all tracks, of one, or of one type of one.

    Args:
        file: A .zip; with --track and --type and as YAML, a .yaml; without an ending a folder, in
            which the files are those of the seeds, or of a QTI package.
        format: The seeds' YAML, or QTI 3.0.
        track: The track whose questions are wanted.
        type: The type that is wanted.
    """
    if not _is_database_named(access):
        asked = {"format": format, "trackId": track, "type": type}
        _write(file, _download(access, "/admin/questions/export", asked))
        return
    with open_store() as store:
        try:
            download = export_questions(
                format,
                track_id=TrackId(track) if track else None,
                kind=type,
                files=FILES,
                store=store,
            )
        except InvalidInputError as error:
            raise LocalStackError(f"{error}.", "Leave --track out to get all.") from None
        except InvalidContentError as error:
            raise LocalStackError(f"Nothing was written: {error}.", "") from None
    _write(file, download)


@export.command(name="credentials")
def credentials_to_file(
    file: Path,
    *,
    format: CatalogFormat | None = None,
    track: str | None = None,
    level: Level | None = None,
    access: Access = ANYWHERE,
) -> None:
    """Write the active credentials.

    Args:
        file: A .csv or a .json.
        format: What is written; by the file's ending if left out.
        track: The track that they are for; all if left out.
        level: The level that is wanted; all if left out.
    """
    chosen = format or (CatalogFormat.JSON if file.suffix == ".json" else CatalogFormat.CSV)
    if not _is_database_named(access):
        asked = {"format": chosen, "trackId": track, "level": level}
        _write(file, _download(access, "/admin/credentials/export", asked))
        return
    with open_store() as store:
        selection = CredentialSelection(track_id=track, level=level)
        download = export_credentials(chosen, selection, files=FILES, store=store)
    _write(file, download)


def _is_database_named(access: Access) -> bool:
    """Tell whether to leave the API out, whose requests are bounded."""
    return access.is_local and Settings.read(os.environ).database_url is not None


def _import_over_http(
    upload: Upload, defaults: Defaults, access: Access, *, is_dry_run: bool
) -> ImportOut:
    """Return what was done, or with faults what a preview says."""
    path = "/admin/credentials/import"
    said: dict[str, object] = {}
    if upload.type not in CREDENTIAL_FILES:
        path = "/admin/questions/import"
        said = {
            "trackId": defaults.track_id,
            "type": defaults.kind,
            "domain": defaults.domain,
            "level": defaults.level,
        }

    def send(*, apply: bool) -> ImportOut:
        sent = {**said, "apply": str(apply).lower()}
        return ImportOut.model_validate(api.upload(path, upload.content, upload.type, **sent))

    with access.open() as api, terminal.err.status("Judging …" if is_dry_run else "Importing …"):
        try:
            return send(apply=not is_dry_run)
        except RefusedError as error:
            if error.code == InvalidImportError.code and not is_dry_run:
                return send(apply=False).model_copy(update={"dry_run": False})
            raise _bounded(error) from None


def _download(access: Access, path: str, asked: Mapping[str, object]) -> Download:
    with access.open() as api:
        try:
            response = api.download(path, **asked)
        except RefusedError as error:
            raise _bounded(error) from None
    said = response.headers["content-type"].partition(";")[0]
    return Download(name=path, type=FileType(said), content=response.content)


def _bounded(error: RefusedError) -> LocalStackError:
    """Return what to do where a request is too small for all of it."""
    if error.code not in TOO_LARGE:
        return error
    return LocalStackError(
        error.problem, "Take less at once, or name the database itself in DATABASE_URL."
    )


def _import_into_database(upload: Upload, defaults: Defaults, *, is_dry_run: bool) -> ImportOut:
    if upload.type in CREDENTIAL_FILES:
        credentials = FILES.read_credentials(upload)
        run = _ImportRun(
            rows=len(credentials.rows),
            work=lambda store, dry, on_each: _import_credentials(credentials, store, dry, on_each),
        )
    else:
        questions = FILES.read_questions(upload, defaults)
        run = _ImportRun(
            rows=len(questions.rows),
            work=lambda store, dry, on_each: _import_questions(questions, store, dry, on_each),
        )
    report = run.preview() if is_dry_run else run.apply()
    return ImportOut.of(report, dry_run=is_dry_run)


class _ImportRun:
    """One import, with a bar that shows how far it is."""

    def __init__(self, *, rows: int, work: Callable[[Store, bool, Progress], Report]) -> None:
        self._rows = rows
        self._work = work

    def preview(self) -> Report:
        return self._run("Judging", self._rows, is_dry_run=True)

    def apply(self) -> Report:
        """Return what was done, or with faults what a preview says."""
        try:
            # Each row is judged first and written then.
            return self._run("Importing", 2 * self._rows, is_dry_run=False)
        except InvalidImportError:
            return self.preview()

    def _run(self, name: str, steps: int, *, is_dry_run: bool) -> Report:
        with open_store() as store, terminal.progress(name, steps) as on_each:
            try:
                return self._work(store, is_dry_run, on_each)
            except (PoolTooSmallError, CoverageGapError) as error:
                raise LocalStackError(f"Nothing was imported: {error}.", "") from None


def _import_questions(
    sheet: Sheet[QuestionRow],
    store: Store,
    is_dry_run: bool,  # noqa: FBT001
    on_each: Progress,
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
    is_dry_run: bool,  # noqa: FBT001
    on_each: Progress,
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


def _upload(path: Path) -> Upload:
    try:
        if path.is_dir():
            return Upload(type=FileType.ZIP, content=_packed(path))
        if (said := TYPES.get(path.suffix.lower())) is None:
            raise LocalStackError(
                f"The ending of {path} does not say what it is.",
                f"Name it by one of {', '.join(TYPES)}, or give a folder.",
            )
        return Upload(type=said, content=path.read_bytes())
    except FileNotFoundError:
        raise LocalStackError(f"There is no file {path}.", "Name another.") from None
    except OSError as error:
        raise LocalStackError(f"{path} cannot be read: {error.strerror}.", "") from None


def _packed(folder: Path) -> bytes:
    """Return the folder as a zip, with enough of the path to tell of which track a file is."""
    whole = folder.absolute()
    found = sorted(p for p in whole.rglob("*") if p.suffix.lower() in PACKED and p.is_file())
    above = whole.parent.parent
    return pack({path.relative_to(above).as_posix(): path.read_bytes() for path in found})


def _write(path: Path, download: Download) -> None:
    is_folder = download.type is FileType.ZIP and (not path.suffix or path.is_dir())
    try:
        if is_folder:
            with zipfile.ZipFile(io.BytesIO(download.content)) as archive:
                archive.extractall(path)
        else:
            path.write_bytes(download.content)
    except OSError as error:
        raise LocalStackError(
            f"{path} cannot be written: {error.strerror}.", "Name another file."
        ) from None
    size = "" if is_folder else f", {len(download.content):,} bytes"
    terminal.err.print(f"Wrote {terminal.escape(str(path))}{size}", soft_wrap=True)


def _print(out: ImportOut) -> None:
    for fault in out.errors:
        place = terminal.escape(f"{_place(fault)}{fault.pointer}")
        terminal.out.print(f"[red]error[/]   [cyan]{place}[/]", soft_wrap=True)
        terminal.out.print(f"        {terminal.escape(fault.detail)}", soft_wrap=True)
    for row in out.changes:
        for remark in row.warnings:
            place = terminal.escape(f"{_place(row)}{remark.pointer}")
            said = f"[yellow]warning[/] {remark.check}  [cyan]{place}[/]"
            terminal.out.print(said, soft_wrap=True)
            terminal.out.print(f"        {terminal.escape(remark.detail)}", soft_wrap=True)
    if out.refused:
        faults = f"{out.refused} error{'' if out.refused == 1 else 's'}"
        listed = f", of which {len(out.errors)} are listed" if len(out.errors) < out.refused else ""
        done = "would be" if out.dry_run else "was"
        terminal.out.print(f"{faults}{listed}: nothing {done} imported")
    else:
        counts = f"{out.created} created, {out.updated} updated, {out.deactivated} deactivated"
        would = "Would be: " if out.dry_run else ""
        terminal.out.print(f"{would}{counts}, {out.unchanged} unchanged")


def _place(said: ImportErrorOut | ImportChangeOut) -> Place:
    return Place(file=said.file or "", row=said.row, slug=said.slug)
