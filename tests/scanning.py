"""Look for words in every row of every table, whatever tables there are."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa

SILENT: Final = (
    "bool",
    "int",
    "float",
    "numeric",
    "timestamp",
    "date",
    "interval",
    "uuid",
    "vector",
)
"""Beginnings of types that hold no words."""
COLUMNS: Final = """
    SELECT c.relname AS table, a.attname AS column, t.typname AS type
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm')
    AND a.attnum > 0 AND NOT a.attisdropped
"""

Place = tuple[str, str]
"""Table and column."""


def wordy_columns(connection: sa.Connection) -> set[Place]:
    """Return every column that could hold words."""
    rows = connection.execute(sa.text(COLUMNS))
    return {(r.table, r.column) for r in rows if not r.type.lstrip("_").startswith(SILENT)}


def said_in(connection: sa.Connection) -> Mapping[Place, list[str]]:
    """Return every text that the database holds, by where it stands, also within JSON."""
    found: dict[Place, list[str]] = defaultdict(list)
    for table, column in sorted(wordy_columns(connection)):
        query = f'SELECT to_jsonb("{column}")::text FROM "{table}"'  # noqa: S608
        for (value,) in connection.execute(sa.text(query)):
            if value is not None:
                found[table, column] += map(_plain, texts(json.loads(value)))
    return found


def places_of(needles: Iterable[str], said: Mapping[Place, list[str]]) -> dict[Place, set[str]]:
    """Return which needles stand where; case and white space do not matter."""
    found: dict[Place, set[str]] = defaultdict(set)
    wanted = {needle: _plain(needle) for needle in needles}
    for place, standing in said.items():
        for text in standing:
            found[place] |= {needle for needle, plain in wanted.items() if plain in text}
    return {place: needles for place, needles in found.items() if needles}


def sentences(text: str, *, words: int = 4) -> set[str]:
    """Return the sentences of a text, and of long ones every run of so many words.

    A quotation may be part of a sentence, so that looking for the whole would pass it over.
    """
    found: set[str] = set()
    for sentence in re.split(r"[.!?:;\n]+\s*", text):
        said = sentence.split()
        if len(said) <= words:
            found |= {sentence.strip()} if len(said) > 1 else set()
        else:
            found |= {" ".join(said[n : n + words]) for n in range(len(said) - words + 1)}
    return found


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def texts(value: Any) -> Iterator[str]:
    """Return every text in a JSON value, names of fields among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
