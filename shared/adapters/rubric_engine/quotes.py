"""Quotes: the passages of the answer that a mark rests on, always cut out of it as they stand."""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.adapters.rubric_engine.answer import Answer
from shared.adapters.rubric_engine.coverage import PointCoverage
from shared.adapters.rubric_engine.lexicon import CAUSAL, CONNECTIVE, EXAMPLE
from shared.adapters.rubric_engine.reading import Sentence

LONGEST: Final = 280
"""Characters, about three lines on a screen."""
MOST: Final = 3
EASY_LENGTH: Final = 18
"""Words of a sentence that is easy to read and says something."""


def accuracy_quotes(answer: Answer, coverage: Sequence[PointCoverage]) -> tuple[str, ...]:
    """Return the sentences that cover the weightiest key points, in the answer's order."""
    best = sorted(coverage, key=lambda c: -c.point.key.weight * c.share)
    places = dict.fromkeys(c.sentence for c in best if c.sentence is not None)
    chosen = [answer.own[place] for place in sorted(list(places)[:MOST])]
    return _cut(chosen or answer.sentences[:1], answer)


def clarity_quotes(answer: Answer) -> tuple[str, ...]:
    """Return the sentence that is most concrete and nearest to an easy length."""
    best = sorted(
        answer.own or answer.sentences,
        key=lambda s: (EXAMPLE.search(s.folded) is None, abs(len(s.words) - EASY_LENGTH), s.start),
    )
    return _cut(best[:1], answer)


def coherence_quotes(answer: Answer) -> tuple[str, ...]:
    """Return the sentence that ties most thoughts together."""
    best = sorted(
        answer.own or answer.sentences,
        key=lambda s: (-len(CAUSAL.findall(s.folded)), -len(CONNECTIVE.findall(s.folded)), s.start),
    )
    return _cut(best[:1], answer)


def _cut(sentences: Iterable[Sentence], answer: Answer) -> tuple[str, ...]:
    """Return the sentences' text; of an answer without a word, the answer itself."""
    texts = [s.text for s in sentences] or [answer.text.strip()]
    return tuple(dict.fromkeys(shorten(text) for text in texts if text))


def shorten(text: str) -> str:
    """Return the text, or its beginning up to the last blank within `LONGEST` characters."""
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST + 1].rsplit(maxsplit=1)
    return head[0] if len(head) > 1 else text[:LONGEST].strip()
