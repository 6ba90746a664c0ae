"""Mentions: where an answer names a term, and whether it names it only to deny it."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import accumulate
from typing import Final

from shared.adapters.rubric_engine.lexicon import (
    CONDITION,
    DENIAL,
    NEGATION,
    NOT_NEGATING,
    UNASSERTED,
)
from shared.adapters.rubric_engine.reading import Sentence
from shared.adapters.rubric_engine.rubric import Term

MOST_MENTIONS: Final = 20
"""Mentions of one term that are looked at; more of them add nothing."""
SCOPE: Final = 8
"""Words that a negation reaches within its clause."""
REACH: Final = 200
"""Characters that hold such words, and a second negation in the sentence."""

_CLAUSE_END: Final = re.compile(r"[,;:()]| (?:but|because|so|then|which|that) ")
_MEMBER_END: Final = re.compile(r" (?:and|or|nor) ")


class Haystack:
    """An answer's sentences, made ready to look terms up in."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = sentences
        self._text = "\n".join(s.folded for s in sentences)
        self._starts = _starts(s.folded for s in sentences)

    @cached_property
    def _stemmed(self) -> list[str]:
        return [f" {' '.join(s.stems)} " for s in self.sentences]

    def mentions(self, term: Term, *, is_wish: bool) -> Iterator[tuple[int, bool]]:
        """Yield the numbers of sentences with the term, and whether it is denied there.

        A term of several words is also found by the sequence of its stems, when it is nowhere
        to be found as it is written.
        """
        is_found = False
        for number, start, end in self.places(term):
            is_found = True
            text = self.sentences[number].folded
            yield number, not term.is_negative and denies(text, start, end, is_wish=is_wish)
        if term.stems and not is_found:
            for number, stems in enumerate(self._stemmed):
                if term.stems in stems:
                    yield number, NEGATION.search(self.sentences[number].folded) is not None
                    return

    def places(self, term: Term) -> Iterator[tuple[int, int, int]]:
        """Yield each place of the term: the number of the sentence, and the span in its folding.

        The term begins a word; a number or a short term also ends one.
        """
        place = -1
        for _ in range(MOST_MENTIONS):
            place = self._text.find(term.text, place + 1)
            if place < 0:
                return
            end = place + len(term.text)
            is_begun = self._text[place - 1 : place].isalnum() and term.text[0].isalnum()
            if not is_begun and not _goes_on(term, self._text[end : end + 2]):
                number = bisect_right(self._starts, place) - 1
                yield number, place - self._starts[number], end - self._starts[number]

    def densities(self, terms: Iterable[Term]) -> list[float]:
        """Return for each sentence the part (0–1) of its characters that terms make up."""
        marked = [bytearray(len(s.folded)) for s in self.sentences]
        for term in terms:
            for number, start, end in self.places(term):
                marked[number][start:end] = b"\1" * (end - start)
        return [sum(m) / len(m) if m else 0.0 for m in marked]

    def topicality(self, first: int, last: int, vocabulary: AbstractSet[str]) -> float:
        """Return the part (0–1) of the content words of some sentences that the vocabulary has."""
        around = self.sentences[max(0, first) : last + 1]
        stems = [stem for sentence in around for stem in sentence.content]
        return sum(stem in vocabulary for stem in stems) / len(stems) if stems else 0.0


def _starts(texts: Iterable[str]) -> list[int]:
    return [0, *accumulate(len(text) + 1 for text in texts)]


def _goes_on(term: Term, after: str) -> bool:
    if term.text[-1].isdigit():
        return after[:1].isdigit() or (after[:1] in {".", ","} and after[1:].isdigit())
    return (
        term.is_word and after[:1].isalpha() and not (after[0] == "s" and not after[1:].isalpha())
    )


def denies(text: str, start: int, end: int, *, is_wish: bool) -> bool:
    """Tell whether a folded sentence denies what stands in it from `start` to `end`.

    It does when its clause has an odd number of negations within reach, or a denial right behind.
    What is only supposed or wished (`if not`, `must not`) denies nothing but a wish, and "without
    X it cannot Y" affirms both.
    """
    before, after = text[max(0, start - REACH) : start], text[end : end + REACH]
    if DENIAL.match(after):
        return True
    left = _left_scope(NOT_NEGATING.sub("", before))
    right = _CLAUSE_END.split(NOT_NEGATING.sub("", after))[0]
    reach = " ".join([*left.split()[-SCOPE:], "|", *right.split()[:SCOPE]])
    if len(NEGATION.findall(reach)) % 2 == 0:
        return False
    if not is_wish and UNASSERTED.search(left):
        return False
    around = before + after
    return not (len(NEGATION.findall(around)) > 1 and CONDITION.search(around))


def _left_scope(before: str) -> str:
    """Return the part of the clause that negates what follows; "no X and no Y" is not twice no."""
    clause = _CLAUSE_END.split(before)[-1].strip()
    member = _MEMBER_END.split(clause)[-1]
    return member if NEGATION.search(member) else clause


def reached_by_negation(text: str) -> str:
    """Return the words of a folded sentence that follow a negation within its reach."""
    plain = NOT_NEGATING.sub("", text)
    return " ".join(
        " ".join(_CLAUSE_END.split(plain[m.end() : m.end() + REACH])[0].split()[:SCOPE])
        for m in NEGATION.finditer(plain)
    )
