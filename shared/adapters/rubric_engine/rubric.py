"""Preparing a rubric: what is looked for in an answer, computed once for each question."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.adapters.rubric_engine.lexicon import FUNCTION_WORDS, NEGATION, OPEN, OUGHT
from shared.adapters.rubric_engine.reading import content_of, fold, sentences_of, words_in
from shared.adapters.rubric_engine.reference import Reference, prepare_reference
from shared.adapters.rubric_engine.stems import stem
from shared.domain.question import KeyPoint, Question

PROMPT_WORD_WEIGHT: Final = 0.3
"""A word that the prompt has already said proves little when it comes back."""
ECHO_WORDS: Final = 3
"""Length of the word sequences by which a sentence copied from the prompt is known."""
WHOLE_WORD_LENGTH: Final = 3
"""Terms this short must be words of their own: `log` is not `logic`."""
LONGEST_DERIVED: Final = 25
"""Words; a longer sentence of a reference answer holds more than one idea."""
FEWEST_STEMS: Final = 3
"""Content words without which a clause is no idea of its own."""

_CLAUSE = re.compile(r"(?<=[;:])\s+|,\s+(?=(?:and|but|so|which|because|while|whereas)\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    text: str
    """Folded, as it is looked for in folded sentences."""
    stems: str
    """Its content stems between blanks, for a looser match; empty where that says too little."""
    is_negative: bool
    is_word: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A key point, prepared."""

    key: KeyPoint
    groups: tuple[tuple[Term, ...], ...]
    stems: Mapping[str, float]
    """Content stems of its text with their weights."""
    is_wish: bool
    """Whether it says what should be."""
    has_polarity: bool
    """Whether a denied mention contradicts it: not when it is negative or conditional itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRubric:
    points: tuple[Point, ...]
    prompt_sequences: frozenset[tuple[str, ...]]
    vocabulary: frozenset[str]
    """Content stems of everything that belongs to the question."""
    reference: Reference
    is_derived: bool
    """Whether the key points were made from the reference answer."""


@lru_cache(maxsize=256)
def prepare(question: Question) -> PreparedRubric:
    """Prepare the rubric; its key points are derived from the reference answer if it has none."""
    if question.rubric is None:
        raise ValueError(f"question {question.id} has no rubric")
    prompt = content_of(question.prompt)
    reference = question.rubric.reference_answer
    keys = question.rubric.key_points or tuple(derive_key_points(reference))
    said = [question.prompt, reference, *(k.text for k in keys)]
    terms = [term for key in keys for group in key.terms for term in group]
    return PreparedRubric(
        points=tuple(_prepare_point(key, prompt) for key in keys),
        prompt_sequences=sequences(words_in(question.prompt)),
        vocabulary=content_of("\n".join(said + terms)),
        reference=prepare_reference(reference, question.prompt),
        is_derived=not question.rubric.key_points,
    )


def sequences(words: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(*(words[n:] for n in range(ECHO_WORDS)), strict=False))


def derive_key_points(reference: str) -> Iterator[KeyPoint]:
    """Yield a key point for each clause of the reference answer that holds an idea.

    Its weight grows with its content words, up to twice that of the smallest.
    """
    number = 0
    for sentence in sentences_of(reference):
        for clause in _clauses(sentence.text):
            stems = content_of(clause)
            if stems:
                number += 1
                weight = 1 + min(1.0, len(stems) / 10)
                yield KeyPoint(id=f"d{number}", text=clause, weight=weight)


def _clauses(sentence: str) -> list[str]:
    if len(words_in(sentence)) <= LONGEST_DERIVED:
        return [sentence]
    clauses: list[str] = []
    for part in _CLAUSE.split(sentence):
        if clauses and len(content_of(part)) < FEWEST_STEMS:
            clauses[-1] = f"{clauses[-1]}, {part}"
        else:
            clauses.append(part)
    return clauses


def _prepare_point(key: KeyPoint, prompt: frozenset[str]) -> Point:
    text, words = fold(key.text), words_in(key.text)
    stems = {
        s: PROMPT_WORD_WEIGHT if s in prompt else 1.0
        for s in (stem(w) for w in words if w not in FUNCTION_WORDS)
    }
    return Point(
        key=key,
        groups=tuple(group for group in map(_prepare_group, key.terms) if group),
        stems=stems,
        is_wish=OUGHT.search(text) is not None,
        has_polarity=not (NEGATION.search(text) or OPEN.search(text)),
    )


def _prepare_group(terms: Iterable[str]) -> tuple[Term, ...]:
    return tuple(_prepare_term(term) for term in terms if fold(term))


def _prepare_term(term: str) -> Term:
    text = fold(term)
    words = words_in(term)
    is_negative = NEGATION.search(text) is not None
    stems = [stem(w) for w in words if w not in FUNCTION_WORDS]
    is_loose = len(stems) > 1 and not is_negative
    return Term(
        text=text,
        stems=f" {' '.join(stems)} " if is_loose else "",
        is_negative=is_negative,
        is_word=len(text) <= WHOLE_WORD_LENGTH,
    )
