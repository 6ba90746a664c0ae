"""What every way of searching can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.retrieval.queries import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    numbers: Sequence[int]
    """Of credentials in the catalog."""
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What there had to be before the first search."""

    seconds: float
    bytes: int


class Search(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def built(self) -> Built | None:
        """None for what is built by another one, or not at all."""
        ...

    def find(self, query: Query) -> Found:
        """Return the nearest credentials of the query's track and levels."""
        ...
