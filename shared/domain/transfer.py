"""Content that comes and goes in files: rows, their faults, and what an import did."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from shared.domain.catalog import CatalogChange
from shared.domain.errors import InvalidContentError, InvalidImportError
from shared.domain.question import QuestionType
from shared.domain.question_bank import BankChange
from shared.domain.track import TrackId

MOST_ROWS: Final = 1_000
"""Three times what the seeds hold; what a request of 29 s can review."""

Change = TypeVar("Change", BankChange, CatalogChange)
Content = TypeVar("Content", bound="Row")


class RowAction(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DEACTIVATED = "deactivated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in an upload something stands."""

    file: str = ""
    """Its path in a zip; empty for an upload that is one file."""
    row: int | None = None
    """From 1; in CSV as a spreadsheet counts, so that the first row is the header. None where the
    file as a whole is meant."""
    slug: str | None = None
    """What the row says it is about, if that can be read."""

    def __str__(self) -> str:
        parts = [self.file, f"row {self.row}" if self.row is not None else ""]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    place: Place
    content: Mapping[str, Any]
    """By the names of the seed files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRow(Row):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow(Row):
    track_id: TrackId
    kind: QuestionType


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    place: Place
    pointer: str
    """JSON pointer into the row's content; empty for all of it."""
    detail: str
    """What is wrong and, where that does not say it, the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Generic[Content]):
    """What could be read of an upload, and the faults of what could not."""

    rows: tuple[Content, ...] = ()
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow(Generic[Change]):
    place: Place
    action: RowAction
    change: Change | None
    """None where nothing was, and nothing is wanted: a question that is new and not active."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport(Generic[Change]):
    """What an import did, or in a dry run would do. With faults it does nothing."""

    rows: tuple[ImportedRow[Change], ...]
    faults: tuple[RowFault, ...]

    def count(self, action: RowAction) -> int:
        return Counter(row.action for row in self.rows)[action]

    def ensure_faultless(self) -> None:
        """Raise `InvalidImportError` that names every fault by its row."""
        if self.faults:
            raise InvalidImportError(
                tuple((f"{f.place}{f.pointer}".lstrip(), f.detail) for f in self.faults)
            )


def repeated_slugs(rows: Iterable[Row]) -> Iterator[RowFault]:
    """Yield a fault for each row whose slug an earlier row has."""
    first: dict[str, Place] = {}
    for row in rows:
        if (slug := row.place.slug) is None:
            continue
        if slug in first:
            detail = f"{slug} stands in {first[slug]} already; leave one of the two out"
            yield RowFault(place=row.place, pointer="/slug", detail=detail)
        first.setdefault(slug, row.place)


def faults_of(row: Row, error: InvalidContentError) -> list[RowFault]:
    return [RowFault(place=row.place, pointer=p, detail=d) for p, d in error.faults]


def in_order(faults: Iterable[RowFault]) -> tuple[RowFault, ...]:
    """Return the faults in the order of their rows."""
    return tuple(sorted(faults, key=lambda fault: (fault.place.file, fault.place.row or 0)))
