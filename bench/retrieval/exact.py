"""Exact search in memory with NumPy: what recall is measured against, and the limit for time."""

import time
from dataclasses import dataclass, field

import numpy as np

from bench.retrieval.catalog import Catalog
from bench.retrieval.queries import Query
from bench.retrieval.search import Built, Found
from shared.domain.retrieval import CANDIDATES


@dataclass(frozen=True, slots=True)
class ExactSearch:
    catalog: Catalog
    name: str = field(default="NumPy, exact", init=False)
    built: Built | None = field(default=None, init=False)

    def find(self, query: Query) -> Found:
        started = time.perf_counter()
        similarity = self.catalog.vectors @ query.vector
        similarity[~self.catalog.fits(query.track, query.levels)] = -np.inf
        most = min(CANDIDATES, len(similarity))
        nearest = np.argpartition(-similarity, most - 1)[:most]
        nearest = nearest[similarity[nearest] > -np.inf]
        elapsed = time.perf_counter() - started
        return Found(numbers=nearest.tolist(), ms=elapsed * 1000)
