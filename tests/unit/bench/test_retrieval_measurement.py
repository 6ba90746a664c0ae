from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psutil

from bench.retrieval.catalog import Catalog
from bench.retrieval.exact import ExactSearch
from bench.retrieval.measurement import measure
from bench.retrieval.queries import Query
from bench.retrieval.search import Built, Found
from shared.domain.level import Level

QUERIES = [
    Query(number=n, vector=np.eye(4, dtype=np.float32)[n], track="data", levels=[Level.BEGINNER])
    for n in range(4)
]
CATALOG = Catalog(
    vectors=np.eye(4, dtype=np.float32),
    parents=np.arange(4),
    in_track=np.array([[True], [True], [True], [False]]),
    levels=np.array([0, 0, 2, 0]),
    tracks=("data",),
)


@dataclass
class HalfBlind:
    """Finds the first credential only."""

    name: str = "half-blind"
    built: Built | None = None

    def find(self, query: Query) -> Found:
        assert query in QUERIES
        return Found(numbers=[0], ms=2.0)


def test_exact_search_finds_what_fits_and_nothing_else():
    search = ExactSearch(CATALOG)

    assert sorted(search.find(QUERIES[0]).numbers) == [0, 1]


def test_searches_are_measured_against_exact_search():
    rows = _rows([ExactSearch(CATALOG), HalfBlind()])

    assert rows["NumPy, exact"].figures.recall == 1
    assert rows["half-blind"].figures.recall == 0.5
    assert rows["half-blind"].figures.p50 == 2.0


def _rows(searches: Sequence[ExactSearch | HalfBlind]):
    report = measure(searches, QUERIES, size=4, server=psutil.Process())
    return {row.name: row for row in report.rows}
