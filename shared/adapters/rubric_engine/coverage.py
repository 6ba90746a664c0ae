"""Coverage: how far an answer holds each key point, and in which sentence."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from operator import mul
from typing import Final

from shared.adapters.rubric_engine.coefficients import Coverage
from shared.adapters.rubric_engine.lexicon import NEGATION
from shared.adapters.rubric_engine.mentions import Haystack, reached_by_negation
from shared.adapters.rubric_engine.reading import Sentence, content_of
from shared.adapters.rubric_engine.rubric import Point

NEAR: Final = 2
"""Sentences; terms of one key point this close to each other speak of one thing."""
AROUND: Final = 2
"""Sentences before and after these that tell what the passage is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCoverage:
    point: Point
    share: float
    """0–1: how far the key point is covered."""
    terms: float | None
    """0–1: the worth of its terms that were found; None when it has none."""
    overlap: float
    """0–1: the part of its content words that one or two neighbouring sentences have."""
    similarity: float | None
    """Cosine of the nearest sentence; None without an embedder."""
    is_denied: bool
    """Whether something of it was mentioned only to be denied."""
    sentence: int | None
    """Where it is covered best; None when it is not covered at all."""


def cover(
    points: Sequence[Point],
    haystack: Haystack,
    *,
    vocabulary: Set[str],
    coefficients: Coverage,
    similarities: Sequence[Sequence[float]] | None = None,
) -> tuple[PointCoverage, ...]:
    """Return the coverage of each point; `similarities[point][sentence]` are cosines."""
    return tuple(
        _cover(
            point,
            haystack,
            vocabulary,
            coefficients,
            similarities[number] if similarities else None,
        )
        for number, point in enumerate(points)
    )


def cosines(
    left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]
) -> tuple[tuple[float, ...], ...]:
    """Return the cosine of each left unit vector with each right one."""
    return tuple(tuple(sum(map(mul, a, b)) for b in right) for a in left)


def _cover(
    point: Point,
    haystack: Haystack,
    vocabulary: Set[str],
    c: Coverage,
    similarities: Sequence[float] | None,
) -> PointCoverage:
    overlap, place = _overlap(point, haystack.sentences)
    wording = c.overlap.at(overlap)
    similarity = max(similarities) if similarities else None
    if similarities and similarity is not None:
        meaning = c.similarity.at(similarity)
        wording = (1 - c.similarity_weight) * wording + c.similarity_weight * meaning
        place = similarities.index(similarity) if place is None else place
    found = _find_terms(point, haystack, c) if point.groups else None
    is_denied = found.is_denied if found else _denies_wording(point, haystack.sentences, place)
    if is_denied:
        wording *= c.denied
    share = wording
    if found:
        topicality = haystack.topicality(
            found.sentence - AROUND, found.sentence + NEAR - 1 + AROUND, vocabulary
        )
        earned = found.worth * c.support.at(topicality)
        share = earned + (1 - earned) * c.wording_beside_terms * wording
        place = found.sentence if earned else place
    return PointCoverage(
        point=point,
        share=share,
        terms=found.worth if found else None,
        overlap=overlap,
        similarity=similarity,
        is_denied=is_denied,
        sentence=place if share > 0 else None,
    )


def _overlap(point: Point, sentences: Sequence[Sentence]) -> tuple[float, int | None]:
    """Return the best part (0–1) of the point's words in a sentence and its next, and where."""
    total = sum(point.stems.values())
    best, place = 0.0, None
    for number, sentence in enumerate(sentences):
        both = point.stems.keys() & sentence.content
        if not both:
            continue
        if number + 1 < len(sentences):
            both |= point.stems.keys() & sentences[number + 1].content
        part = sum(point.stems[s] for s in both) / total
        if part > best:
            best, place = part, number
    return best, place


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    worth: float
    """0–1."""
    sentence: int
    is_denied: bool


def _find_terms(point: Point, haystack: Haystack, c: Coverage) -> _Found:
    """Find the point's groups of terms, best within a few sentences; what is denied is not found.

    A group that is found only denied makes the whole point denied.
    """
    groups: list[set[int]] = []
    is_denied = False
    for group in point.groups:
        affirmed, denied = set[int](), set[int]()
        for term in group:
            for number, denies_it in haystack.mentions(term, is_wish=point.is_wish):
                (denied if denies_it and point.has_polarity else affirmed).add(number)
        groups.append(affirmed)
        is_denied |= bool(denied) and not affirmed
    near, sentence = 0, 0
    for number in sorted(set[int]().union(*groups)):
        reach = range(number, number + NEAR + 1)
        here = sum(not group.isdisjoint(reach) for group in groups)
        if here > near:
            near, sentence = here, number
    anywhere = sum(bool(group) for group in groups)
    worth = max(
        c.group_share.at(near / len(groups)), c.apart * c.group_share.at(anywhere / len(groups))
    )
    return _Found(worth=worth, sentence=sentence, is_denied=is_denied)


def _denies_wording(point: Point, sentences: Sequence[Sentence], place: int | None) -> bool:
    """Tell whether most of the point's words in the sentence are reached by a negation."""
    if place is None or not point.has_polarity or not NEGATION.search(sentences[place].folded):
        return False
    shared = point.stems.keys() & sentences[place].content
    reached = content_of(reached_by_negation(sentences[place].folded))
    return len(shared & reached) > len(shared) / 2
