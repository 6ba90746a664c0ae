"""All ways of searching, in turns, over one catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psutil

from bench.machine import Load, LoadWatch
from bench.retrieval.figures import SearchFigures, recall
from bench.retrieval.queries import Query
from bench.retrieval.search import Built, Search

FEWEST_ROUNDS: Final = 3
MOST_ROUNDS: Final = 15
CREDENTIALS_A_ROUND: Final = 60_000
"""Rounds are the more the less they take: a disturbance lasts as long as several short ones."""
WARM_UP: Final = 24
"""Searches before each block that do not count: one of each track and level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    figures: SearchFigures
    built: Built | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeReport:
    size: int
    rows: Sequence[Row]
    """The first one is exact."""
    rounds: int
    load: Load
    """Of all rounds."""

    def row(self, name: str) -> Row:
        return next(row for row in self.rows if row.name == name)


def measure(
    searches: Sequence[Search], queries: Sequence[Query], *, size: int, server: psutil.Process
) -> SizeReport:
    """Let every search answer all queries in each round; the first search is the exact one.

    A search answers a block of queries before it is the next one's turn: in between, the others
    would push its rows and its index out of PostgreSQL's buffers, where there is usually only one
    of them. Of a search's blocks the one with the lowest median counts, the least disturbed.
    """
    rounds = min(MOST_ROUNDS, max(FEWEST_ROUNDS, CREDENTIALS_A_ROUND // size))
    watch = LoadWatch(server)
    blocks: dict[str, list[SearchFigures]] = {}
    nearest = [searches[0].find(query).numbers for query in queries]
    for number in range(rounds):
        watch.tick()
        first = number * len(searches) // rounds
        for search in (*searches[first:], *searches[:first]):
            blocks.setdefault(search.name, []).append(_block(search, queries, nearest))
    best = {of: min(found, key=lambda block: block.p50) for of, found in blocks.items()}
    return SizeReport(
        size=size,
        rounds=rounds,
        rows=[
            Row(
                name=search.name,
                figures=best[search.name],
                built=search.built,
            )
            for search in searches
        ],
        load=watch.read(),
    )


def _block(
    search: Search, queries: Sequence[Query], nearest: Sequence[Sequence[int]]
) -> SearchFigures:
    for query in queries[:WARM_UP]:
        search.find(query)
    found = [search.find(query) for query in queries]
    return SearchFigures.of(
        [one.ms for one in found],
        [recall(one.numbers, true) for one, true in zip(found, nearest, strict=True)],
    )
