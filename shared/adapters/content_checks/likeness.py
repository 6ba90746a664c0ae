"""Likeness of texts: which pairs of many say nearly the same.

Pairs are found through an index from features to the texts that have them, so that only texts
with something particular in common are compared.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from math import log, sqrt
from typing import Final, TypeVar

from shared.adapters.rubric_engine.reading import content_of, fold, words_in

Feature = TypeVar("Feature")

SHINGLE: Final = 3
"""Words; shorter sequences are shared by everything that is English, longer ones are broken by
each changed word (Broder, 1997)."""
COMMON: Final = 60
"""Texts; what more of them have brings none of them together, so that the pairs to compare stay
few. It still counts in what two texts share."""

_MARKS: Final = re.compile(r"[^\w\s+#]|_")


def wording(text: str) -> str:
    """Return the text as it is compared for being the same: C++ and C# are not C."""
    return " ".join(_MARKS.sub(" ", fold(text)).split())


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = words_in(text)
    if len(words) < SHINGLE:
        return frozenset([words]) if words else frozenset()
    return frozenset(zip(*(words[n:] for n in range(SHINGLE)), strict=False))


def jaccard(left: AbstractSet[Feature], right: AbstractSet[Feature]) -> float:
    """Return the share (0–1) of all the features that both have; 0 for two empty sets."""
    return len(left & right) / len(left | right) if left or right else 0.0


def alike(
    sets: Sequence[AbstractSet[Feature]], at_least: float
) -> Iterator[tuple[int, int, float]]:
    """Yield pairs (by number) whose Jaccard index (0–1) is this or more."""
    for left, right in _candidates(sets):
        if (index := jaccard(sets[left], sets[right])) >= at_least:
            yield left, right, index


def alike_in_wording(texts: Sequence[str], at_least: float) -> Iterator[tuple[int, int, float]]:
    """Yield pairs (by number) whose shingles have this Jaccard index (0–1) or more."""
    return alike([shingles(text) for text in texts], at_least)


def alike_in_content(texts: Sequence[str], at_least: float) -> Iterator[tuple[int, int, float]]:
    """Yield pairs (by number) whose content stems, rare ones weighing more, have this cosine.

    Weights are inverse document frequencies, log(1 + texts / texts with the stem).
    """
    sets = [content_of(text) for text in texts]
    frequency = Counter(stem for stems in sets for stem in stems)
    weight = {stem: log(1 + len(sets) / n) ** 2 for stem, n in frequency.items()}
    lengths = [sqrt(sum(weight[stem] for stem in stems)) for stems in sets]
    for left, right in _candidates(sets):
        shared = sum(weight[stem] for stem in sets[left] & sets[right])
        if (cosine := shared / (lengths[left] * lengths[right])) >= at_least:
            yield left, right, cosine


def _candidates(sets: Sequence[AbstractSet[Feature]]) -> list[tuple[int, int]]:
    """Return in order the pairs that share a feature which is not common."""
    having: dict[Feature, list[int]] = {}
    for number, features in enumerate(sets):
        for feature in features:
            having.setdefault(feature, []).append(number)
    few = (numbers for numbers in having.values() if len(numbers) <= COMMON)
    return sorted({pair for numbers in few for pair in combinations(numbers, 2)})


def first_of_each(texts: Iterable[str]) -> dict[int, int]:
    """Return for the number of each text that stood before the number of the first like it."""
    first: dict[str, int] = {}
    again: dict[int, int] = {}
    for number, text in enumerate(texts):
        if (earlier := first.setdefault(wording(text), number)) != number:
            again[number] = earlier
    return again
