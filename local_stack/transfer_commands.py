"""`assay content`: questions and credentials as files, in and out."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter

from local_stack import terminal
from local_stack.access import ANYWHERE, Access
from local_stack.api import RefusedError
from local_stack.errors import LocalStackError
from local_stack.settings import Settings
from local_stack.terminal import AsJson
from local_stack.transfer_files import CREDENTIAL_FILES, upload_of, write_download
from local_stack.transfer_in_database import credentials_file, import_upload, questions_file
from shared.adapters.content_files.files import POOL
from shared.api.schemas.transfer import ImportChangeOut, ImportErrorOut, ImportOut
from shared.domain.catalog import CredentialSelection
from shared.domain.errors import (
    InvalidImportError,
)
from shared.domain.level import Level
from shared.domain.question import QuestionType
from shared.domain.transfer import Place
from shared.ports.content_files import (
    CatalogFormat,
    Defaults,
    Download,
    FileType,
    QuestionFormat,
    Upload,
)

TOO_LARGE: Final = frozenset({"body_too_large", "export_too_large"})

DryRun = Annotated[bool, Parameter(negative="")]

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
    upload = upload_of(file)
    path = POOL.search(file.absolute().as_posix())
    defaults = Defaults(
        track_id=track or (path[1] if path else None),
        kind=type or (QuestionType(path[2]) if path else None),
        domain=domain,
        level=level,
    )
    if _is_database_named(access):
        out = import_upload(upload, defaults, is_dry_run=dry_run)
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
        write_download(file, _download(access, "/admin/questions/export", asked))
        return
    write_download(file, questions_file(format, track=track, kind=type))


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
        write_download(file, _download(access, "/admin/credentials/export", asked))
        return
    selection = CredentialSelection(track_id=track, level=level)
    write_download(file, credentials_file(chosen, selection))


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
