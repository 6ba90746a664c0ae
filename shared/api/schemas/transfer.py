"""What an import answers."""

from typing import Final, Self

from shared.api.schemas.base import ResponseBody
from shared.api.schemas.catalog import CatalogChangeOut, FieldChangeOut, RemarkOut
from shared.api.schemas.question_bank import BankChangeOut
from shared.domain.catalog import CatalogChange
from shared.domain.question_bank import BankChange
from shared.domain.transfer import ImportedRow, ImportReport, RowAction, RowFault

MOST_LISTED: Final = 200
"""Of changes and of errors; all are counted. With their texts they fit the 6 MB of an answer."""

Report = ImportReport[BankChange] | ImportReport[CatalogChange]
ChangedRow = ImportedRow[BankChange] | ImportedRow[CatalogChange]


class ImportErrorOut(ResponseBody):
    file: str | None
    """Its path in a zip; null for an upload that is one file."""
    row: int | None
    """From 1; in CSV as a spreadsheet counts, its header being 1. Null for the file as a whole."""
    slug: str | None
    pointer: str
    """JSON pointer to the field within the row; empty for all of it."""
    detail: str

    @classmethod
    def of(cls, fault: RowFault) -> Self:
        place = fault.place
        return cls(
            file=place.file or None,
            row=place.row,
            slug=place.slug,
            pointer=fault.pointer,
            detail=fault.detail,
        )


class ImportChangeOut(ResponseBody):
    file: str | None
    row: int | None
    slug: str | None
    action: str
    """`created`, `updated` or `deactivated`."""
    version: int
    changes: list[FieldChangeOut]
    """Empty for what is created: all of it is new."""
    warnings: list[RemarkOut]

    @classmethod
    def of(cls, row: ChangedRow, change: BankChange | CatalogChange, *, dry_run: bool) -> Self:
        if isinstance(change, BankChange):
            bank = BankChangeOut.of(change, dry_run=dry_run)
            version, changes, warnings = bank.question.version, bank.changes, bank.warnings
        else:
            catalog = CatalogChangeOut.of(change, dry_run=dry_run)
            version, changes = catalog.credential.version, catalog.changes
            warnings = catalog.warnings
        return cls(
            file=row.place.file or None,
            row=row.place.row,
            slug=row.place.slug,
            action=row.action,
            version=version,
            changes=[] if row.action is RowAction.CREATED else changes,
            warnings=warnings,
        )


class ImportOut(ResponseBody):
    """An import is all or nothing: with one error, nothing is written."""

    dry_run: bool
    created: int
    updated: int
    deactivated: int
    unchanged: int
    refused: int
    """Errors; a row may have several."""
    changes: list[ImportChangeOut]
    """At most the first 200."""
    errors: list[ImportErrorOut]
    """At most the first 200; empty unless it is a dry run."""

    @classmethod
    def of(cls, report: Report, *, dry_run: bool) -> Self:
        changed = [(r, r.change) for r in report.rows if r.change and r.change.is_change]
        return cls(
            dry_run=dry_run,
            created=report.count(RowAction.CREATED),
            updated=report.count(RowAction.UPDATED),
            deactivated=report.count(RowAction.DEACTIVATED),
            unchanged=report.count(RowAction.UNCHANGED),
            refused=len(report.faults),
            changes=[
                ImportChangeOut.of(row, change, dry_run=dry_run)
                for row, change in changed[:MOST_LISTED]
            ],
            errors=[ImportErrorOut.of(fault) for fault in report.faults[:MOST_LISTED]],
        )
