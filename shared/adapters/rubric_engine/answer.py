"""An answer as it was read: what it says of its own, and whether it is prose at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from shared.adapters.rubric_engine.coefficients import fall, ramp
from shared.adapters.rubric_engine.lexicon import FUNCTION_WORDS
from shared.adapters.rubric_engine.mentions import Haystack
from shared.adapters.rubric_engine.reading import Sentence, sentences_of
from shared.adapters.rubric_engine.rubric import PreparedRubric, sequences

ECHO: Final = 0.6
"""A sentence with this part of its word sequences from the prompt says nothing of its own."""
ECHO_OF_QUESTION: Final = 0.95
"""The same where only a reference answer is known: short answers repeat the question before they
answer it in a word ("The base case for … is one"), and graders give full marks for it."""
STUFFED: Final = 0.75
"""A sentence with this part of its characters in terms is a list of them; in students' answers
terms make up 0.1–0.4 of the text, in lists of terms 0.85 and more."""
STUFFED_WORDS: Final = 15
"""Shorter ones may be made of terms by right."""

_PROSE_WORDS: Final = ramp(0.08, 0.22)
"""Share of function words: English prose has 0.4–0.5, notes 0.2–0.3, a list of terms under 0.1."""
_PROSE_CLAUSES: Final = ramp(2.0, 4.0)
"""Mean words between marks: prose has 7 and more, notes 4–6, a list of terms 1–2."""
_PROSE_DENSITY: Final = fall(0.45, 0.62)
"""Part of the text in terms, as in `STUFFED`."""
_PROSE_REPETITION: Final = fall(0.2, 0.35)
"""Part of word pairs that were there before: 0.0–0.1 in students' answers; a phrase that terms are
strung on ("and also on …") makes it 0.3 and more."""
REPETITION_WORDS: Final = 150
"""Repetition is counted over passages of this length, since it grows with length by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    text: str
    sentences: tuple[Sentence, ...]
    own: tuple[Sentence, ...]
    """Without what is copied from the prompt, said before, or a list of terms."""
    words: int
    """Of all sentences."""
    prose: float
    """0–1: how far its own part is made of sentences rather than of a list of terms."""
    english: float
    """Share of English function words in its own part."""


def read(text: str, rubric: PreparedRubric) -> Answer:
    sentences = sentences_of(text)
    terms = [term for point in rubric.points for group in point.groups for term in group]
    fresh = _fresh(sentences, rubric)
    densities = Haystack(fresh).densities(terms)
    is_stuffed = [
        density >= STUFFED and len(sentence.words) >= STUFFED_WORDS
        for sentence, density in zip(fresh, densities, strict=True)
    ]
    own = [s for s, stuffed in zip(fresh, is_stuffed, strict=True) if not stuffed]
    words = [w for s in own for w in s.words]
    english = sum(w in FUNCTION_WORDS for w in words) / len(words) if words else 0.0
    return Answer(
        text=text,
        sentences=sentences,
        own=tuple(own),
        words=sum(len(s.words) for s in sentences),
        prose=min(
            _PROSE_WORDS.at(english),
            _PROSE_CLAUSES.at(_words_per_clause(own)),
            _PROSE_REPETITION.at(_repetition(words)),
            _PROSE_DENSITY.at(_mean_density(fresh, densities)),
        ),
        english=english,
    )


def _fresh(sentences: Sequence[Sentence], rubric: PreparedRubric) -> tuple[Sentence, ...]:
    return tuple(s for s in _once(sentences) if not _is_echo(s, rubric))


def _once(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    once = {sentence.folded: sentence for sentence in reversed(sentences)}
    return tuple(s for s in sentences if once[s.folded] is s)


def _is_echo(sentence: Sentence, rubric: PreparedRubric) -> bool:
    own = sequences(sentence.words)
    least = ECHO_OF_QUESTION if rubric.is_derived else ECHO
    return bool(own) and len(own & rubric.prompt_sequences) / len(own) >= least


def _words_per_clause(sentences: Sequence[Sentence]) -> float:
    clauses = sum(1 + sum(s.folded.count(mark) for mark in ",;:|/") for s in sentences)
    return sum(len(s.words) for s in sentences) / clauses if clauses else 0.0


def _repetition(words: Sequence[str]) -> float:
    pairs = [
        list(pairwise(words[start : start + REPETITION_WORDS]))
        for start in range(0, len(words), REPETITION_WORDS)
    ]
    total = sum(map(len, pairs))
    return 1 - sum(len(set(passage)) for passage in pairs) / total if total else 0.0


def _mean_density(sentences: Sequence[Sentence], densities: Sequence[float]) -> float:
    total = sum(len(s.folded) for s in sentences)
    weighted = zip(sentences, densities, strict=True)
    return sum(len(s.folded) * d for s, d in weighted) / total if total else 0.0
