"""Credentials as CSV and as JSON, by the names of the API."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared.adapters.content_files.faults import UnreadableError, decoded
from shared.domain.catalog import written_form
from shared.domain.recommendation import Credential
from shared.domain.transfer import CredentialRow, Place, RowFault, Sheet

MOST_OUTCOMES: Final = 6
OUTCOMES: Final = tuple(f"outcome{number}" for number in range(1, MOST_OUTCOMES + 1))
LISTS: Final = ("skills", "tracks")
OPTIONAL: Final = ("hours", "effort", *OUTCOMES[1:])
COLUMNS: Final = (
    "slug",
    "title",
    "provider",
    "url",
    "level",
    "hours",
    "effort",
    "format",
    *LISTS,
    "description",
    *OUTCOMES,
    "source",
)
FORMULA: Final = frozenset("=+-@\t\r'")
"""What a spreadsheet takes for the beginning of a formula, or of text; written with an apostrophe
before it, which is taken away when it is read."""


def write_csv(credentials: Iterable[Credential]) -> bytes:
    buffer = io.StringIO()
    table = csv.DictWriter(buffer, COLUMNS)
    table.writeheader()
    for credential in credentials:
        table.writerow({name: _guarded(cell) for name, cell in _cells(credential).items()})
    return buffer.getvalue().encode()


def write_json(credentials: Iterable[Credential]) -> bytes:
    written = [_named(written_form(credential)) for credential in credentials]
    text = json.dumps({"credentials": written}, indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def read_csv(content: bytes) -> Sheet[CredentialRow]:
    """Return a row for each of the table, with its number as spreadsheets count."""
    table = csv.reader(io.StringIO(decoded(content), newline=""), strict=True)
    rows: list[CredentialRow] = []
    faults: list[RowFault] = []
    try:
        columns = _header(next(table, []))
        for number, cells in enumerate(table, start=2):
            if not any(cells):
                continue
            place = Place(row=number)
            try:
                written = _from_cells(columns, cells)
                place = Place(row=number, slug=written.get("id"))
                rows.append(CredentialRow(place=place, content=written))
            except UnreadableError as error:
                faults.append(error.at(place))
    except csv.Error as error:
        raise UnreadableError(f"not CSV: line {table.line_num}: {error}") from None
    return Sheet(rows=tuple(rows), faults=tuple(faults))


def read_json(content: bytes) -> Sheet[CredentialRow]:
    """Return a row for each of the list `credentials`."""
    try:
        written = json.loads(decoded(content))
    except json.JSONDecodeError as error:
        raise UnreadableError(f"not JSON: {error}") from None
    except (RecursionError, ValueError):
        raise UnreadableError("not JSON: nested too deeply, or a number too long") from None
    listed = written.get("credentials") if isinstance(written, dict) else written
    if not isinstance(listed, list):
        raise UnreadableError('send {"credentials": […]}, each as GET /admin/credentials shows it')
    rows: list[CredentialRow] = []
    faults: list[RowFault] = []
    for number, entry in enumerate(listed, start=1):
        if not isinstance(entry, dict):
            faults.append(UnreadableError("this is no object").at(Place(row=number)))
        elif "id" in entry:
            fault = UnreadableError("there is no such field; the name is slug", pointer="/id")
            faults.append(fault.at(Place(row=number)))
        else:
            slug = entry.get("slug")
            place = Place(row=number, slug=slug if isinstance(slug, str) else None)
            rows.append(CredentialRow(place=place, content=_unnamed(entry)))
    return Sheet(rows=tuple(rows), faults=tuple(faults))


def _header(names: list[str]) -> list[str]:
    columns = [name.strip() for name in names]
    for name in columns:
        if name not in COLUMNS:
            raise UnreadableError(f"there is no column {name!r}; there are {', '.join(COLUMNS)}")
        if columns.count(name) > 1:
            raise UnreadableError(f"the column {name!r} stands twice")
    missing = [name for name in COLUMNS if name not in columns and name not in OPTIONAL]
    if missing:
        raise UnreadableError(f"the column {missing[0]!r} is missing; the first row names them")
    return columns


def _from_cells(columns: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(columns):
        raise UnreadableError(f"the row has {len(cells)} cells, the header {len(columns)}")
    said = {name: _unguarded(cell) for name, cell in zip(columns, cells, strict=True)}
    outcomes = [said[name] for name in OUTCOMES if said.get(name)]
    written: dict[str, Any] = {n: t for n, t in said.items() if n not in OUTCOMES and t}
    for name in LISTS:
        written[name] = said[name].replace(",", " ").replace(";", " ").split()
    if hours := written.get("hours"):
        written["hours"] = _number(hours)
    return _unnamed({**written, "outcomes": outcomes})


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UnreadableError(f"{text!r} is no number", pointer="/hours") from None


def _cells(credential: Credential) -> dict[str, str]:
    written = _named(written_form(credential))
    outcomes = written.pop("outcomes")
    return {
        **{name: "" if value is None else f"{value}" for name, value in written.items()},
        **{name: " ".join(written[name]) for name in LISTS},
        **dict(zip(OUTCOMES, outcomes, strict=False)),
    }


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell[:1] in FORMULA else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _named(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written by the API's names: `slug` is `id` in a seed file."""
    return {("slug" if name == "id" else name): value for name, value in written.items()}


def _unnamed(said: Mapping[str, Any]) -> dict[str, Any]:
    return {("id" if name == "slug" else name): value for name, value in said.items()}
