"""Coverage: how far an answer holds each key point, and in which sentence."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import fsum
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
FEWEST_POINTS: Final = 3
"""Of fewer points with terms, one that is met by chance would already be most."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was found of a point's terms, before it is asked whether they are there by chance."""

    worth: float
    """0–1."""
    sentence: int
    is_denied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worded:
    """What was found of a point's wording and meaning."""

    overlap: float
    similarity: float | None
    worth: float
    """0–1."""
    sentence: int | None


def cover(
    points: Sequence[Point],
    haystack: Haystack,
    *,
    vocabulary: AbstractSet[str],
    coefficients: Coverage,
    similarities: Sequence[Sequence[float]] | None = None,
) -> tuple[PointCoverage, ...]:
    """Return the coverage of each point; `similarities[point][sentence]` are cosines.

    Terms are trusted as far as the passage is about the question, or most key points are found:
    an answer about something else meets a few of them by chance.
    """
    c = coefficients
    found = [_find_terms(p, haystack, c) if p.groups else None for p in points]
    breadth = c.breadth.at(_breadth(points, found))
    covered: list[PointCoverage] = []
    for number, (point, terms) in enumerate(zip(points, found, strict=True)):
        worded = _find_wording(point, haystack, c, similarities[number] if similarities else None)
        trust = 0.0
        if terms:
            topicality = haystack.topicality(
                terms.sentence - AROUND, terms.sentence + NEAR + AROUND - 1, vocabulary
            )
            trust = 1 - (1 - breadth) * (1 - c.support.at(topicality))
        is_denied = terms.is_denied if terms else _denies_wording(point, haystack, worded.sentence)
        covered.append(_combine(point, worded, terms, trust=trust, is_denied=is_denied, c=c))
    return tuple(covered)


def _breadth(points: Sequence[Point], found: Sequence[_Found | None]) -> float:
    """Return the weighted share (0–1) of the points with terms whose terms were found."""
    pairs = [(p.key.weight, f.worth) for p, f in zip(points, found, strict=True) if f]
    if len(pairs) < FEWEST_POINTS:
        return 0.0
    return sum(weight * worth for weight, worth in pairs) / sum(weight for weight, _ in pairs)


def _combine(
    point: Point,
    worded: _Worded,
    terms: _Found | None,
    *,
    trust: float,
    is_denied: bool,
    c: Coverage,
) -> PointCoverage:
    wording = worded.worth * c.denied if is_denied else worded.worth
    earned = terms.worth * trust if terms else 0.0
    share = earned + (1 - earned) * c.wording_beside_terms * wording if terms else wording
    place = terms.sentence if terms and earned else worded.sentence
    return PointCoverage(
        point=point,
        share=share,
        terms=terms.worth if terms else None,
        overlap=worded.overlap,
        similarity=worded.similarity,
        is_denied=is_denied,
        sentence=place if share > 0 else None,
    )


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


def _find_wording(
    point: Point, haystack: Haystack, c: Coverage, similarities: Sequence[float] | None
) -> _Worded:
    overlap, place = _overlap(point, haystack.sentences)
    worth = c.overlap.at(overlap)
    if not similarities:
        return _Worded(overlap=overlap, similarity=None, worth=worth, sentence=place)
    similarity = max(similarities)
    meaning = c.similarity.at(similarity)
    return _Worded(
        overlap=overlap,
        similarity=similarity,
        worth=max(worth, (1 - c.similarity_weight) * worth + c.similarity_weight * meaning),
        sentence=similarities.index(similarity) if place is None else place,
    )


def _overlap(point: Point, sentences: Sequence[Sentence]) -> tuple[float, int | None]:
    """Return the best part (0–1) of the point's words in a sentence and its next, and where."""
    total = fsum(point.stems.values())
    best, place = 0.0, None
    for number, sentence in enumerate(sentences):
        both = point.stems.keys() & sentence.content
        if not both:
            continue
        if number + 1 < len(sentences):
            both |= point.stems.keys() & sentences[number + 1].content
        # A set has another order in each process; `fsum` gives the same sum in any.
        part = fsum(point.stems[s] for s in both) / total
        if part > best:
            best, place = part, number
    return best, place


def _denies_wording(point: Point, haystack: Haystack, place: int | None) -> bool:
    """Tell whether most of the point's words in the sentence are reached by a negation."""
    if place is None or not point.has_polarity:
        return False
    sentence = haystack.sentences[place]
    if not NEGATION.search(sentence.folded):
        return False
    shared = point.stems.keys() & sentence.content
    return len(shared & content_of(reached_by_negation(sentence.folded))) > len(shared) / 2
